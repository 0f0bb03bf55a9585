"""A new job wakes the relay at commit, so that an idle system starts it within milliseconds."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.RunSQL(
            sql="""
            CREATE FUNCTION csw_wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('csw_jobs', '');
                RETURN NULL;
            END $$;
            CREATE TRIGGER jobs_job_wake_relay AFTER INSERT ON jobs_job
                FOR EACH STATEMENT EXECUTE FUNCTION csw_wake_relay();""",
            reverse_sql="DROP TRIGGER jobs_job_wake_relay ON jobs_job; DROP FUNCTION csw_wake_relay();",
        ),
    ]
