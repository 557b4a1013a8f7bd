"""All tables of curation, and the roles of the console."""

import curation.models.releases
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import privacy.db.fields
import privacy.db.keys
from django.conf import settings
from django.db import migrations, models

from curation.roles import ROLES


def make_roles(apps, schema_editor):
    """Make the groups with their permissions. Django makes its own permissions after all migrations: those that are
    missing are made here under the same names, and found by it later.
    """
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, wanted in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        for name in wanted:
            app, codename = name.split(".")
            kind, _ = ContentType.objects.get_or_create(app_label=app, model=codename.partition("_")[2])
            words = "Can download the files of releases" if codename == "export_release" else f"Can {codename.replace('_', ' ')}"
            permission, _ = Permission.objects.get_or_create(content_type=kind, codename=codename, defaults={"name": words})
            group.permissions.add(permission)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('feedback', '0001_initial'),
        ('privacy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditFrame',
            fields=[
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='audit_frame', serialize=False, to='feedback.project')),
                ('drawn_to', models.BigIntegerField(default=0)),
                ('seen', models.PositiveBigIntegerField(default=0)),
                ('measured', models.JSONField(help_text='The thumbs and weighted thumbs at the last full count.', null=True)),
                ('measured_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AuditItem',
            fields=[
                ('interaction', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='audit', serialize=False, to='feedback.interaction')),
                ('drawn_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audit_items', to='feedback.project')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audit_items', to='privacy.subject')),
            ],
        ),
        migrations.CreateModel(
            name='BulkDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resolution', models.CharField(max_length=16)),
                ('note', models.TextField(blank=True, help_text='Redacted, and kept until it has been applied to the tasks.')),
                ('state', models.CharField(choices=[('running', 'Under way'), ('done', 'Done'), ('undoing', 'Being undone'), ('undone', 'Undone')], default='running', max_length=16)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(help_text='The end of the lease of the worker that holds it.', null=True)),
                ('who', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bulk_decisions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['who', '-id'], name='bulk_list'), models.Index(condition=models.Q(('state__in', ['running', 'undoing'])), fields=['id'], name='bulk_unfinished')],
            },
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task_number', models.BigIntegerField()),
                ('revision', models.PositiveIntegerField(help_text="The interaction's revision when the task was selected.")),
                ('outcome', models.CharField(choices=[('waiting', 'Waiting'), ('decided', 'Decided'), ('skipped', 'Skipped'), ('undone', 'Undone'), ('kept', 'Not undone')], default='waiting', max_length=16)),
                ('words', models.CharField(blank=True, help_text='Why it was skipped or not undone, without captured text.', max_length=200)),
                ('resolved_at', models.DateTimeField(help_text='When its task was decided; a later verdict is a different one.', null=True)),
                ('bulk', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='curation.bulkdecision')),
            ],
            options={
                'indexes': [models.Index(fields=['bulk', 'outcome', 'id'], name='bulk_item_next')],
            },
        ),
        migrations.CreateModel(
            name='CaseGrader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wording', models.CharField(help_text="Keyed digest of the case's texts and the graders' version.", max_length=64)),
                ('grader', models.CharField(blank=True, max_length=32)),
                ('threshold', models.FloatField()),
                ('discriminating', models.BooleanField()),
                ('why', models.CharField(max_length=200)),
                ('seal', models.CharField(help_text='Keyed digest of the row.', max_length=64)),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='case_graders', to='feedback.interaction')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='case_graders', to='privacy.subject')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('interaction', 'wording'), name='case_grader_once')],
            },
        ),
        migrations.CreateModel(
            name='CurationPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('settings', models.JSONField(blank=True, default=dict, help_text='Settings that differ from the defaults; see docs/reference/policy.md.')),
                ('note', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='policies', to='feedback.project')),
            ],
            options={
                'verbose_name': 'policy',
                'verbose_name_plural': 'policies',
                'constraints': [models.UniqueConstraint(fields=('project', 'version'), name='policy_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Dataset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,63}\\Z', 'Lower-case letters, digits, - and _; at most 64.')])),
                ('formats', models.JSONField(blank=True, default=list, help_text='Files in addition to the three standard ones.', validators=[curation.models.releases.check_formats])),
                ('system_prompt', models.TextField(blank=True, help_text='Added before every training example.')),
                ('holdout', models.FloatField(default=0.0, help_text='Share of questions used only for testing, never for training.')),
                ('cadence', models.CharField(choices=[('manual', 'By hand'), ('weekly', 'Every week'), ('monthly', 'Every month'), ('cron', 'By a cron line')], default='manual', max_length=16)),
                ('cron', models.CharField(blank=True, help_text='Five fields, in the time zone: 0 6 * * 1-5', max_length=64)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('scheduled_since', models.DateTimeField(default=django.utils.timezone.now, editable=False, help_text='When the schedule was set; earlier periods are not caught up on.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='datasets', to='feedback.project')),
            ],
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('interaction', privacy.db.keys.RowKey(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='asked', serialize=False, to='feedback.interaction')),
                ('cluster', models.BigIntegerField()),
                ('place', models.FloatField(help_text="If below a dataset's hold-out share, it is used only for evaluation. The same for a whole cluster.")),
                ('version', models.CharField(max_length=16)),
                ('pinned', models.BooleanField(default=False, help_text='A curator assigned its cluster.')),
                ('words', models.BigIntegerField(help_text='Its words as bits, to rule out near questions without reading its text.', null=True)),
                ('band_0', models.BigIntegerField(null=True)),
                ('band_1', models.BigIntegerField(null=True)),
                ('band_2', models.BigIntegerField(null=True)),
                ('band_3', models.BigIntegerField(null=True)),
                ('band_4', models.BigIntegerField(null=True)),
                ('band_5', models.BigIntegerField(null=True)),
                ('band_6', models.BigIntegerField(null=True)),
                ('band_7', models.BigIntegerField(null=True)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.project')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked_questions', to='privacy.subject')),
            ],
            options={
                'verbose_name': 'near question',
                'indexes': [models.Index(fields=['project', 'cluster'], name='question_cluster'), models.Index(condition=models.Q(('cluster', models.F('interaction')), _negated=True), fields=['project', '-interaction'], name='question_joined'), models.Index(condition=models.Q(('band_0__isnull', False)), fields=['band_0'], name='question_band_0'), models.Index(condition=models.Q(('band_1__isnull', False)), fields=['band_1'], name='question_band_1'), models.Index(condition=models.Q(('band_2__isnull', False)), fields=['band_2'], name='question_band_2'), models.Index(condition=models.Q(('band_3__isnull', False)), fields=['band_3'], name='question_band_3'), models.Index(condition=models.Q(('band_4__isnull', False)), fields=['band_4'], name='question_band_4'), models.Index(condition=models.Q(('band_5__isnull', False)), fields=['band_5'], name='question_band_5'), models.Index(condition=models.Q(('band_6__isnull', False)), fields=['band_6'], name='question_band_6'), models.Index(condition=models.Q(('band_7__isnull', False)), fields=['band_7'], name='question_band_7')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('recut', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('cutting', 'Being cut'), ('published', 'Published'), ('stale', 'To be cut again'), ('superseded', 'Replaced by its recut'), ('failed', 'Failed')], default='cutting', max_length=16)),
                ('period', models.CharField(blank=True, help_text='The scheduled period that it was cut for.', max_length=32)),
                ('manifest', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('disturbed', models.BooleanField(default=False, help_text='A person in it was erased while it was being cut.')),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('dataset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='curation.dataset')),
                ('policy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='curation.curationpolicy')),
            ],
            options={
                'permissions': [('export_release', 'Can download the files of releases')],
                'indexes': [models.Index(fields=['state'], name='release_state')],
                'constraints': [models.UniqueConstraint(fields=('dataset', 'number', 'recut'), name='release_version_once'), models.UniqueConstraint(condition=models.Q(models.Q(('period', ''), _negated=True), ('recut', 0)), fields=('dataset', 'period'), name='release_once_a_period')],
            },
        ),
        migrations.CreateModel(
            name='AgentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('version', models.CharField(blank=True, max_length=200)),
                ('model', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('candidate', 'Candidate'), ('promoted', 'Promoted'), ('refused', 'Refused')], default='candidate', max_length=16)),
                ('depth', models.PositiveSmallIntegerField(default=1, help_text='Generations of model output in its training: 1 + that of its deepest example.')),
                ('decided_by', models.CharField(blank=True, help_text='Who promoted or refused it: a user or a key.', max_length=150)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_reason', models.CharField(blank=True, help_text='Redacted before it is stored.', max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agent_versions', to='feedback.project')),
                ('trained_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='trained_versions', to='curation.release')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'name', 'version'), name='agent_version_once')],
            },
        ),
        migrations.CreateModel(
            name='GateRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('passed', 'Passed'), ('refused', 'Refused'), ('not_judged', 'Could not be judged')], max_length=16)),
                ('reasons', models.JSONField(default=list)),
                ('counts', models.JSONField(default=dict)),
                ('policy', models.JSONField(default=dict)),
                ('cases_digest', models.CharField(max_length=64)),
                ('seal', models.CharField(blank=True, help_text='Keyed digest: a row edited by hand cannot be a baseline.', max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('baseline', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='challengers', to='curation.gaterun')),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_runs', to='curation.agentversion')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_runs', to='feedback.project')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_runs', to='curation.release')),
            ],
        ),
        migrations.CreateModel(
            name='GateResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('answer', privacy.db.fields.RedactedTextField(blank=True)),
                ('score', models.FloatField(null=True)),
                ('passed', models.BooleanField(default=False)),
                ('grader', models.CharField(blank=True, max_length=32)),
                ('change', models.CharField(blank=True, help_text='Compared with the baseline: fixed, regressed, …', max_length=24)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('attempts', privacy.db.fields.RedactedJSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Repetitions: [{answer, passed, score, error}].')),
                ('case_digest', models.CharField(help_text="The case's digest when it was answered.", max_length=64)),
                ('seal', models.CharField(blank=True, help_text='Keyed digest of the row.', max_length=64)),
                ('judged', models.BooleanField(help_text="A person's judgement of the answer, if there is one.", null=True)),
                ('judged_at', models.DateTimeField(blank=True, null=True)),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_results', to='feedback.interaction')),
                ('judged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_results', to='privacy.subject')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='curation.gaterun')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('judged__isnull', False)), fields=['-id'], name='gate_result_judged')],
                'constraints': [models.UniqueConstraint(fields=('run', 'interaction'), name='gate_result_once')],
            },
        ),
        migrations.CreateModel(
            name='Recall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('records', models.JSONField(default=list, help_text='[{file, record, sha256}]')),
                ('reason', models.CharField(default='erasure', max_length=16)),
                ('acknowledgements', models.JSONField(default=list, help_text='Who has confirmed deleting the records: [{by, at}].')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recalls', to='curation.release')),
                ('replaced_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='curation.release')),
            ],
        ),
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=32)),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('nothing_new', 'Nothing was new'), ('missed', 'Missed; cut with the period after it'), ('failed', 'Failed')], default='waiting', max_length=16)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, help_text='Why the last try failed; no captured text.', max_length=200)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('dataset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='curation.dataset')),
                ('release', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='periods', to='curation.release')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='period_waiting')],
                'constraints': [models.UniqueConstraint(fields=('dataset', 'name'), name='period_once')],
            },
        ),
        migrations.CreateModel(
            name='ReleaseMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evaluation', models.BooleanField(default=False, help_text='It is in a file for evaluation.')),
                ('training', models.BooleanField(default=False, help_text='It is in a file for training.')),
                ('author', models.ForeignKey(help_text='Who wrote the correction in it, if that is somebody else.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='authored_memberships', to='privacy.subject')),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='feedback.interaction')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='curation.release')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='privacy.subject')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('author__isnull', False)), fields=['author'], name='member_author')],
                'constraints': [models.UniqueConstraint(fields=('release', 'interaction'), name='member_once_a_release')],
            },
        ),
        migrations.CreateModel(
            name='ReviewEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task_number', models.BigIntegerField()),
                ('task_kind', models.CharField(max_length=16)),
                ('action', models.CharField(choices=[('decided', 'Decided'), ('undone', 'Undone'), ('assigned', 'Assigned'), ('marked', 'Marked as calibration'), ('unmarked', 'Calibration mark removed')], max_length=16)),
                ('resolution', models.CharField(blank=True, max_length=16)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_events', to='feedback.project')),
                ('who', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='review_events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'review event',
                'indexes': [models.Index(fields=['project', '-id'], name='review_event_list')],
            },
        ),
        migrations.CreateModel(
            name='ReviewTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=40)),
                ('detail', models.CharField(blank=True, help_text='Why a person is asked, in words, without captured text.', max_length=200)),
                ('kind', models.CharField(choices=[('label', 'Decides the label'), ('second', 'Second, blind review'), ('adjudication', 'Reviewers differ'), ('calibration', 'Known answer')], default='label', max_length=16)),
                ('state', models.CharField(choices=[('open', 'Open'), ('resolved', 'Resolved'), ('cancelled', 'No longer needed')], default='open', max_length=16)),
                ('priority', models.SmallIntegerField(default=0)),
                ('revision', models.PositiveIntegerField(help_text="The interaction's revision that the task is about.")),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('resolution', models.CharField(blank=True, choices=[('approve', 'The answer is right'), ('correct', 'Here is the right answer'), ('reject', 'Of no use'), ('sensitive', 'Too sensitive to use'), ('unsure', 'I cannot tell'), ('use', 'Use it as decided'), ('agent', "Use the agent's answer"), ('never', 'Never use it')], max_length=16)),
                ('correction', privacy.db.fields.RedactedTextField(blank=True, default='')),
                ('note', privacy.db.fields.RedactedTextField(blank=True, default='')),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('about', models.ForeignKey(blank=True, help_text='The task whose verdict gets a second review.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='curation.reviewtask')),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assigned_tasks', to=settings.AUTH_USER_MODEL)),
                ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='claimed_tasks', to=settings.AUTH_USER_MODEL)),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_tasks', to='feedback.interaction')),
                ('not_for', models.ForeignKey(blank=True, help_text='Who has already judged it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_tasks', to='feedback.project')),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='resolved_tasks', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_tasks', to='privacy.subject')),
            ],
            options={
                'permissions': [('adjudicate_reviewtask', 'Can decide where reviewers differ, and see the figures of all reviewers')],
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['project', '-priority', 'id'], name='task_queue'), models.Index(condition=models.Q(('state', 'open')), fields=['-priority', 'id'], name='task_first'), models.Index(fields=['resolved_by', '-resolved_at'], name='task_decided'), models.Index(fields=['project', '-id'], name='task_list'), models.Index(condition=models.Q(('kind', 'label'), _negated=True), fields=['project', 'kind', '-id'], name='task_beside')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('interaction',), name='one_open_task_each')],
            },
        ),
        migrations.CreateModel(
            name='CalibrationItem',
            fields=[
                ('interaction', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='calibration', serialize=False, to='feedback.interaction')),
                ('marked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('marked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calibration_items', to='feedback.project')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calibration_items', to='privacy.subject')),
                ('task', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='calibration', to='curation.reviewtask')),
            ],
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='running', max_length=16)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('alive_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When it last finished a batch.')),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('read', models.PositiveIntegerField(default=0, help_text='Interactions read so far.')),
                ('total', models.PositiveIntegerField(default=0, help_text='Interactions that were waiting when the run began.')),
                ('counts', models.JSONField(default=dict)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='curation.curationpolicy')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='feedback.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', '-id'], name='run_list')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('interaction', privacy.db.keys.RowKey(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='decision', serialize=False, to='feedback.interaction')),
                ('policy_version', models.PositiveIntegerField()),
                ('revision', models.PositiveIntegerField(help_text="The interaction's revision when it was decided.")),
                ('outcome', models.CharField(choices=[('confirmed', 'Confirmed'), ('corrected', 'Corrected'), ('ambiguous', 'Ambiguous'), ('conflicting', 'Conflicting'), ('unrated', 'Unrated'), ('rejected', 'Rejected')], max_length=16)),
                ('reason', models.CharField(choices=[('up_vote', 'up vote'), ('edit', 'edit'), ('down_with_correction', 'down with correction'), ('bare_down', 'bare down'), ('conflicting_votes', 'conflicting votes'), ('differing_corrections', 'differing corrections'), ('correction_is_complaint', 'correction is complaint'), ('correction_is_instruction', 'correction is instruction'), ('correction_is_question', 'correction is question'), ('correction_is_fragment', 'correction is fragment'), ('correction_is_no_answer', 'correction is no answer'), ('correction_is_placeholder', 'correction is placeholder'), ('correction_is_empty', 'correction is empty'), ('correction_equals_answer', 'correction equals answer'), ('edit_changes_nothing', 'edit changes nothing'), ('up_with_correction', 'up with correction'), ('only_ratings', 'only ratings'), ('no_signal', 'no signal'), ('answer_is_empty', 'answer is empty'), ('review_approved', 'review approved'), ('review_corrected', 'review corrected'), ('review_rejected', 'review rejected'), ('review_sensitive', 'review sensitive'), ('review_unsure', 'review unsure'), ('review_used', 'review used'), ('review_never', 'review never')], max_length=40)),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('language', models.CharField(blank=True, max_length=8)),
                ('decided_by', models.CharField(default='rule', help_text='rule or reviewer', max_length=16)),
                ('decided_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('correction', models.ForeignKey(blank=True, db_index=False, help_text='The signal whose correction is the right answer.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='feedback.signal')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='feedback.project')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='privacy.subject')),
                ('task', models.ForeignKey(blank=True, db_index=False, help_text='The review that decided; its correction, if any, is the right answer.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='curation.reviewtask')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='curation.run')),
            ],
            options={
                'indexes': [models.Index(fields=['project', '-interaction'], name='decision_list'), models.Index(condition=models.Q(('correction__isnull', False)), fields=['correction'], name='decision_correction'), models.Index(condition=models.Q(('task__isnull', False)), fields=['task'], name='decision_task')],
            },
        ),
        migrations.CreateModel(
            name='EvalCase',
            fields=[
                ('decision', privacy.db.keys.RowKey(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='curation.decision')),
                ('status', models.CharField(choices=[('active', 'In use'), ('filtered', 'Filtered out'), ('duplicate', 'Duplicate'), ('balanced', 'Set aside for balance'), ('guarded', 'Left out by a guard'), ('held', 'Held for review'), ('retired', 'Retired')], default='active', max_length=16)),
                ('selected', models.BooleanField(default=False, help_text='The selection for a release kept it.')),
                ('reason', models.CharField(blank=True, help_text='Why it is not in use.', max_length=40)),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('figure', models.FloatField(blank=True, help_text='The measured figure, in the unit that the detail names.', null=True)),
                ('fingerprint', models.BinaryField(help_text='Hash of the question and the turns before it.', max_length=16)),
                ('said', models.BigIntegerField(default=0, help_text='Digest of the answer that it would teach.')),
                ('near_said', models.BigIntegerField(default=0, help_text='Digest of the cluster of its question and that answer.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When it was last derived from its decision.')),
                ('kind', models.CharField(choices=[('golden', 'Golden: it works and must keep working'), ('regression', 'Regression: it failed and must work')], max_length=16)),
                ('never_again', models.BooleanField(default=False, help_text='Losing this case refuses a candidate.')),
                ('canonical', models.ForeignKey(blank=True, db_index=False, help_text='The record that replaced it, as of then.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='duplicates', to='curation.evalcase')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.project')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='privacy.subject')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'status', 'decision'], name='eval_case_list'), models.Index(fields=['project', 'decision'], name='eval_case_newest'), models.Index(fields=['project', 'fingerprint', 'canonical'], name='eval_case_same'), models.Index(fields=['project', 'near_said', 'canonical'], name='eval_case_answer'), models.Index(condition=models.Q(('status', 'held'), models.Q(('reason', 'answers_differ'), ('reason', 'contradicts_review'), _connector='OR')), fields=['project', 'near_said'], name='eval_case_disputed'), models.Index(condition=models.Q(('canonical__isnull', False)), fields=['canonical'], name='eval_case_repeats'), models.Index(condition=models.Q(('canonical__isnull', True), ('status', 'duplicate')), fields=['project'], name='eval_case_orphans')],
            },
        ),
        migrations.CreateModel(
            name='Example',
            fields=[
                ('decision', privacy.db.keys.RowKey(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='curation.decision')),
                ('status', models.CharField(choices=[('active', 'In use'), ('filtered', 'Filtered out'), ('duplicate', 'Duplicate'), ('balanced', 'Set aside for balance'), ('guarded', 'Left out by a guard'), ('held', 'Held for review'), ('retired', 'Retired')], default='active', max_length=16)),
                ('selected', models.BooleanField(default=False, help_text='The selection for a release kept it.')),
                ('reason', models.CharField(blank=True, help_text='Why it is not in use.', max_length=40)),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('figure', models.FloatField(blank=True, help_text='The measured figure, in the unit that the detail names.', null=True)),
                ('fingerprint', models.BinaryField(help_text='Hash of the question and the turns before it.', max_length=16)),
                ('said', models.BigIntegerField(default=0, help_text='Digest of the answer that it would teach.')),
                ('near_said', models.BigIntegerField(default=0, help_text='Digest of the cluster of its question and that answer.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When it was last derived from its decision.')),
                ('authored', models.CharField(default='agent', help_text='Whose words it teaches: agent or human.', max_length=8)),
                ('depth', models.PositiveSmallIntegerField(default=1, help_text="0 if a person wrote it; else 1 + its parents'.")),
                ('canonical', models.ForeignKey(blank=True, db_index=False, help_text='The record that replaced it, as of then.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='duplicates', to='curation.example')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.project')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='privacy.subject')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'status', 'decision'], name='example_list'), models.Index(fields=['project', 'decision'], name='example_newest'), models.Index(fields=['project', 'fingerprint', 'canonical'], name='example_same'), models.Index(fields=['project', 'near_said', 'canonical'], name='example_answer'), models.Index(condition=models.Q(('status', 'held'), models.Q(('reason', 'answers_differ'), ('reason', 'contradicts_review'), _connector='OR')), fields=['project', 'near_said'], name='example_disputed'), models.Index(condition=models.Q(('canonical__isnull', False)), fields=['canonical'], name='example_repeats'), models.Index(condition=models.Q(('canonical__isnull', True), ('status', 'duplicate')), fields=['project'], name='example_orphans')],
            },
        ),
        migrations.CreateModel(
            name='PreferencePair',
            fields=[
                ('decision', privacy.db.keys.RowKey(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='curation.decision')),
                ('status', models.CharField(choices=[('active', 'In use'), ('filtered', 'Filtered out'), ('duplicate', 'Duplicate'), ('balanced', 'Set aside for balance'), ('guarded', 'Left out by a guard'), ('held', 'Held for review'), ('retired', 'Retired')], default='active', max_length=16)),
                ('selected', models.BooleanField(default=False, help_text='The selection for a release kept it.')),
                ('reason', models.CharField(blank=True, help_text='Why it is not in use.', max_length=40)),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('figure', models.FloatField(blank=True, help_text='The measured figure, in the unit that the detail names.', null=True)),
                ('fingerprint', models.BinaryField(help_text='Hash of the question and the turns before it.', max_length=16)),
                ('said', models.BigIntegerField(default=0, help_text='Digest of the answer that it would teach.')),
                ('near_said', models.BigIntegerField(default=0, help_text='Digest of the cluster of its question and that answer.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When it was last derived from its decision.')),
                ('canonical', models.ForeignKey(blank=True, db_index=False, help_text='The record that replaced it, as of then.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='duplicates', to='curation.preferencepair')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.project')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='privacy.subject')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'status', 'decision'], name='pair_list'), models.Index(fields=['project', 'decision'], name='pair_newest'), models.Index(fields=['project', 'fingerprint', 'canonical'], name='pair_same'), models.Index(fields=['project', 'near_said', 'canonical'], name='pair_answer'), models.Index(condition=models.Q(('status', 'held'), models.Q(('reason', 'answers_differ'), ('reason', 'contradicts_review'), _connector='OR')), fields=['project', 'near_said'], name='pair_disputed'), models.Index(condition=models.Q(('canonical__isnull', False)), fields=['canonical'], name='pair_repeats'), models.Index(condition=models.Q(('canonical__isnull', True), ('status', 'duplicate')), fields=['project'], name='pair_orphans')],
            },
        ),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
