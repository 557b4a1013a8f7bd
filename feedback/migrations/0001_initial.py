"""All tables of capture, and the index of words on PostgreSQL."""

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import privacy.db.fields
from django.conf import settings
from django.db import migrations, models


def index_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX interaction_words ON feedback_interaction "
            "USING gin (to_tsvector('simple', left(question, 20000) || ' ' || left(answer, 20000)))"
        )
        schema_editor.execute("ALTER INDEX interaction_words ALTER COLUMN 1 SET STATISTICS 0")


def drop_index_of_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX interaction_words")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('privacy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,63}\\Z', 'Lower-case letters, digits, - and _; at most 64.')])),
                ('namespace', models.CharField(help_text='Projects with the same namespace recognise the same person. Default: only this project.', max_length=64)),
                ('capture_consent', models.CharField(choices=[('opt_in', 'Only with consent'), ('opt_out', 'Unless refused')], default='opt_in', max_length=8)),
                ('evaluation_consent', models.CharField(choices=[('opt_in', 'Only with consent'), ('opt_out', 'Unless refused')], default='opt_in', max_length=8)),
                ('training_consent', models.CharField(choices=[('opt_in', 'Only with consent'), ('opt_out', 'Unless refused')], default='opt_in', max_length=8)),
                ('web_origins', models.JSONField(blank=True, default=list, help_text='Origins whose pages may send feedback with a token: ["https://shop.example"].')),
                ('keep_days', models.PositiveIntegerField(default=90, help_text='How many days an interaction is kept if no decision uses it.')),
                ('deep_scan', models.BooleanField(default=False, help_text='Hold interactions back from review and curation until the second redaction is done.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('redaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='privacy.redactionpolicy')),
            ],
        ),
        migrations.CreateModel(
            name='Interaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=128)),
                ('session', privacy.db.fields.RedactedTextField(blank=True)),
                ('question', privacy.db.fields.RedactedTextField()),
                ('answer', privacy.db.fields.RedactedTextField()),
                ('context', privacy.db.fields.RedactedJSONField(blank=True, default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('sources', privacy.db.fields.RedactedJSONField(blank=True, default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('tags', privacy.db.fields.RedactedJSONField(blank=True, default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('metadata', privacy.db.fields.RedactedJSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('agent_name', privacy.db.fields.RedactedTextField(blank=True)),
                ('agent_version', privacy.db.fields.RedactedTextField(blank=True)),
                ('agent_model', privacy.db.fields.RedactedTextField(blank=True)),
                ('agent_prompt', privacy.db.fields.RedactedTextField(blank=True)),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('body_digest', models.CharField(max_length=64)),
                ('fingerprint', models.BinaryField(help_text='Hash of the normalised question and context.', max_length=16)),
                ('redactions', models.JSONField(default=dict, help_text='What was replaced, by type and number.')),
                ('redaction_version', models.CharField(max_length=96)),
                ('text_changed_at', models.DateTimeField(blank=True, help_text='When a later redaction replaced something.', null=True)),
                ('placeholders', models.JSONField(default=dict, help_text='Keyed hashes of replaced values, to number later ones alike.')),
                ('scan_due', models.BooleanField(default=False, help_text='The second redaction has not run yet.')),
                ('revision', models.PositiveIntegerField(default=0, help_text='Increases with every change to its signals.')),
                ('pending', models.BooleanField(default=False, help_text='Its signals changed since curation last read them.')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interactions', to='privacy.subject')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='interactions', to='feedback.project')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('scan_due', True)), fields=['id'], name='interaction_scan_due'), models.Index(fields=['project', 'redaction_version'], name='interaction_rules'), models.Index(condition=models.Q(('text_changed_at__isnull', False)), fields=['text_changed_at'], name='interaction_changed'), models.Index(fields=['project', '-id'], name='interaction_list'), models.Index(fields=['project', 'received_at'], name='interaction_age'), models.Index(condition=models.Q(('pending', True)), fields=['project', 'id'], name='interaction_pending')],
                'constraints': [models.UniqueConstraint(fields=('project', 'external_id'), name='interaction_once')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=64)),
                ('prefix', models.CharField(help_text='The first characters, to recognise the key.', max_length=16)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('scopes', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='feedback.project')),
            ],
            options={
                'verbose_name': 'key',
            },
        ),
        migrations.CreateModel(
            name='ProjectMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='feedback.project')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'user'), name='member_once')],
            },
        ),
        migrations.CreateModel(
            name='Signal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=128)),
                ('kind', models.CharField(choices=[('thumbs_up', 'Thumbs up'), ('thumbs_down', 'Thumbs down'), ('edit', 'Edit'), ('rating', 'Rating'), ('retry', 'Retry'), ('copy', 'Copy'), ('accept', 'Accept'), ('abandon', 'Abandon'), ('follow_up', 'Follow-up')], max_length=16)),
                ('score', models.FloatField(blank=True, null=True)),
                ('correction', privacy.db.fields.RedactedTextField(blank=True, default='')),
                ('comment', privacy.db.fields.RedactedTextField(blank=True, default='')),
                ('occurred_at', models.DateTimeField()),
                ('effective_at', models.DateTimeField(default=django.utils.timezone.now, help_text="Orders a person's votes: the time of arrival or, in an import, its own time.")),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('body_digest', models.CharField(max_length=64)),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='feedback.interaction')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='feedback.project')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='privacy.subject')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'external_id'), name='signal_once')],
            },
        ),
        migrations.CreateModel(
            name='ParkedSignal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('interaction_external_id', models.CharField(max_length=128)),
                ('external_id', models.CharField(max_length=128)),
                ('kind', models.CharField(choices=[('thumbs_up', 'Thumbs up'), ('thumbs_down', 'Thumbs down'), ('edit', 'Edit'), ('rating', 'Rating'), ('retry', 'Retry'), ('copy', 'Copy'), ('accept', 'Accept'), ('abandon', 'Abandon'), ('follow_up', 'Follow-up')], max_length=16)),
                ('score', models.FloatField(blank=True, null=True)),
                ('correction', privacy.db.fields.RedactedTextField(blank=True, default='')),
                ('comment', privacy.db.fields.RedactedTextField(blank=True, default='')),
                ('placeholders', models.JSONField(default=dict)),
                ('body_digest', models.CharField(max_length=64)),
                ('occurred_at', models.DateTimeField()),
                ('effective_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_at', models.DateTimeField(blank=True, help_text='It was withdrawn while it waited.', null=True)),
                ('subject', models.ForeignKey(help_text="Empty: the asker gave it.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parked_signals', to='privacy.subject')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parked_signals', to='feedback.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'interaction_external_id'], name='parked_for')],
                'constraints': [models.UniqueConstraint(fields=('project', 'external_id'), name='parked_signal_once')],
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('kind', models.CharField(max_length=16)),
                ('result', models.CharField(choices=[('stored', 'Stored'), ('replayed', 'Replayed'), ('no_consent', 'No Consent'), ('refused', 'Refused'), ('gone', 'Gone'), ('parked', 'Parked'), ('dropped', 'Dropped')], max_length=16)),
                ('slot', models.PositiveSmallIntegerField(default=0, help_text='Spreads one counter over several rows, so that writers do not wait for each other.')),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='feedback.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'day', 'kind', 'result', 'slot'), name='outcome_once')],
            },
        ),
        migrations.RunPython(index_words, drop_index_of_words),
    ]
