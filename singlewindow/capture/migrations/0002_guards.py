"""What a device told, and from what it differs, is kept for ever; a device is never deleted nor given to another."""

from django.db import migrations

from singlewindow.db.protect import append_only

KEEP = """
CREATE FUNCTION capture_device_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'device %: taken out of use, never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.number, NEW.organisation_id, NEW.office, NEW.place, NEW.kind, NEW.registered_at)
       IS DISTINCT FROM (OLD.id, OLD.number, OLD.organisation_id, OLD.office, OLD.place, OLD.kind, OLD.registered_at)
       OR OLD.retired_at IS NOT NULL THEN
        RAISE EXCEPTION 'device %: what it is does not change, and out of use is for good', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER capture_device_keep BEFORE UPDATE OR DELETE ON capture_device
    FOR EACH ROW EXECUTE FUNCTION capture_device_keep();
"""
UNKEEP = "DROP TRIGGER capture_device_keep ON capture_device; DROP FUNCTION capture_device_keep();"


class Migration(migrations.Migration):
    dependencies = [("capture", "0001_devices_and_events")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        append_only("capture_deviceevent"),
        append_only("capture_eventremark"),
    ]
