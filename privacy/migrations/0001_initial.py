"""All tables of privacy."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MasterKey',
            fields=[
                ('version', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('fingerprint', models.CharField(max_length=64, unique=True)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('retired_at', models.DateTimeField(blank=True, help_text='When it was retired: no process starts with it since.', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text='SHA-256 of the wording.', max_length=64, unique=True)),
                ('language', models.CharField(blank=True, max_length=16)),
                ('text', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='RedactionPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64, unique=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('definition', models.JSONField(blank=True, default=dict, help_text='As `privacy.redaction.Policy.from_dict` reads it.')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'redaction policies',
            },
        ),
        migrations.CreateModel(
            name='Setback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(max_length=40)),
                ('about', models.CharField(help_text='The kind and key of what it was done for.', max_length=80)),
                ('error', models.CharField(max_length=80)),
                ('times', models.PositiveIntegerField(default=1)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, help_text='When it was last tried.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('work', 'about'), name='setback_once')],
            },
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('namespace', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('restricted_at', models.DateTimeField(blank=True, help_text='While set, nothing of this subject is shown, curated or released.', null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('namespace', 'digest'), name='subject_once_a_namespace')],
            },
        ),
        migrations.CreateModel(
            name='PrivacyRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('namespace', models.CharField(max_length=64)),
                ('origin', models.CharField(blank=True, help_text='The project through which it came.', max_length=64)),
                ('kind', models.CharField(choices=[('erasure', 'Delete what you keep about me'), ('access', 'Show me what you keep about me'), ('withdrawal', 'I no longer agree')], max_length=16)),
                ('purposes', models.JSONField(default=list, help_text='For a withdrawal: the purposes no longer agreed to.')),
                ('state', models.CharField(choices=[('received', 'Received'), ('verified', 'Verified'), ('restricted', 'Restricted'), ('executed', 'Executed'), ('scanned', 'Scanned'), ('recalled', 'Recalled'), ('closed', 'Closed'), ('refused', 'Refused')], default='received', max_length=16)),
                ('verified_by', models.CharField(blank=True, help_text="key: the product; link: the person's own page.", max_length=16)),
                ('law', models.CharField(default='gdpr', help_text='Which law sets the deadline: gdpr or ccpa.', max_length=8)),
                ('link', models.CharField(blank=True, help_text="Keyed hash of the page link through which it was made.", max_length=64)),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField()),
                ('restricted_at', models.DateTimeField(blank=True, null=True)),
                ('executed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('counts', models.JSONField(default=dict, help_text='What was removed or shown, by kind.')),
                ('releases', models.JSONField(default=list, help_text="Releases that held the person's records.")),
                ('recalls', models.JSONField(default=list, help_text='What replaced them: [{release, replaced_by, recall}].')),
                ('fingerprints', models.BinaryField(default=bytes, help_text="Keyed fingerprints of the person's text; emptied when it closes.")),
                ('scan', models.JSONField(default=dict, help_text='What the byte scan read and found.')),
                ('progress', models.JSONField(default=dict, help_text='How far the byte scan is; emptied when it is done.')),
                ('receipt', models.JSONField(default=dict, help_text='Signed; see `privacy/requests/receipts.py`.')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, help_text='Why the last try failed, without captured text.', max_length=200)),
                ('subject', models.ForeignKey(blank=True, help_text='Empty once the person is erased.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='privacy.subject')),
            ],
            options={
                'verbose_name': 'request',
                'indexes': [models.Index(condition=models.Q(('state__in', ['closed', 'refused']), _negated=True), fields=['due_at'], name='request_open'), models.Index(fields=['link'], name='request_link')],
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('namespace', models.CharField(max_length=64)),
                ('purpose', models.CharField(blank=True, choices=[('capture', 'Keep the conversation'), ('evaluation', 'Test new versions with it'), ('training', 'Train new versions on it')], help_text='Blank: everything.', max_length=16)),
                ('executed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('settled_at', models.DateTimeField(blank=True, help_text='When files and free pages were clean too.', null=True)),
                ('counts', models.JSONField(default=dict)),
                ('releases', models.JSONField(default=list, help_text='Releases that held their records and are cut again without them.')),
                ('overwritten_at', models.DateTimeField(blank=True, help_text="When the database's free pages were overwritten.", null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='erasures', to='privacy.privacyrequest')),
                ('subject', models.ForeignKey(blank=True, help_text='Whose rows are being removed; empty once they are gone.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='privacy.subject')),
            ],
            options={
                'indexes': [models.Index(fields=['settled_at'], name='erasure_unsettled')],
            },
        ),
        migrations.CreateModel(
            name='ConsentEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('capture', 'Keep the conversation'), ('evaluation', 'Test new versions with it'), ('training', 'Train new versions on it')], max_length=16)),
                ('granted', models.BooleanField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('method', models.CharField(help_text='How it was asked: capture, api, import, page, gpc …', max_length=32)),
                ('previous_hash', models.CharField(blank=True, max_length=64)),
                ('entry_hash', models.CharField(max_length=64)),
                ('notice', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='privacy.notice')),
                ('subject', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consent_entries', to='privacy.subject')),
            ],
            options={
                'verbose_name_plural': 'consent entries',
                'indexes': [models.Index(fields=['subject', 'purpose', '-id'], name='consent_latest'), models.Index(condition=models.Q(('notice__isnull', False)), fields=['notice'], name='consent_notice')],
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('subject', 'Subject'), ('interaction', 'Interaction'), ('signal', 'Signal'), ('denial', 'Denial')], max_length=16)),
                ('digest', models.CharField(max_length=64)),
                ('reason', models.CharField(default='erased', max_length=16)),
                ('buried_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('exported', models.BooleanField(default=False, help_text='It is also in the file next to the database.')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('exported', False)), fields=['id'], name='tombstone_to_export')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'digest'), name='tombstone_once')],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(help_text='The project whose recalls it receives.', max_length=64)),
                ('url', models.CharField(max_length=500)),
                ('secret', models.BinaryField(help_text='Encrypted with a key derived from the master key.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('disabled_at', models.DateTimeField(blank=True, help_text='Set when the receiver answers 410.', null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['origin'], name='webhook_origin')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.CharField(help_text='The same each time it is sent, so that receivers can drop duplicates.', max_length=64)),
                ('payload', models.JSONField(help_text='Ids and hashes alone.')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('set_aside', 'Set aside')], default='waiting', max_length=16)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('status', models.PositiveSmallIntegerField(blank=True, help_text='What the receiver last answered.', null=True)),
                ('error', models.CharField(blank=True, max_length=80)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='privacy.webhook')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='delivery_due')],
                'constraints': [models.UniqueConstraint(fields=('webhook', 'message'), name='delivery_once')],
            },
        ),
    ]
