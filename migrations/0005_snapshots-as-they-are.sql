-- Without lz4 the server packs by pglz: saving a state of 60,000 books takes two to seven times as long as leaving it as it
-- is, and loading it a third to twice as long.
-- docs/decisions/2026-11-21-storage-form-of-snapshots.md
-- Rows that are packed already stay so until they are saved again.
DO $$
BEGIN
  IF (
    SELECT attcompression <> 'l' FROM pg_attribute
    WHERE attrelid = 'snapshots'::regclass AND attname = 'snapshot_data'
  ) THEN
    ALTER TABLE snapshots ALTER COLUMN snapshot_data SET STORAGE EXTERNAL;
  END IF;
END
$$;
