"""What was given, bound or asked is written once; of a kept file only the wrapping of its key may change."""

from django.db import migrations

from singlewindow.db.protect import append_only

FILE_SQL = """
CREATE OR REPLACE FUNCTION documents_storedfile_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(OLD) - ARRAY['key_wrapped', 'wrapped_by'])
            IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['key_wrapped', 'wrapped_by']) THEN
        RAISE EXCEPTION 'documents_storedfile: a kept file does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_storedfile_sealed BEFORE UPDATE OR DELETE ON documents_storedfile
    FOR EACH ROW EXECUTE FUNCTION documents_storedfile_sealed();
"""
FILE_BACK_SQL = """
DROP TRIGGER documents_storedfile_sealed ON documents_storedfile; DROP FUNCTION documents_storedfile_sealed();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_documents_links_asks")]

    operations = [
        append_only("documents_document"),
        append_only("documents_documentlink"),
        append_only("documents_ask"),
        migrations.RunSQL(FILE_SQL, FILE_BACK_SQL),
    ]
