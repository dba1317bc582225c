-- Folded states of projections, so that a reader needs only the events after them.
CREATE TABLE snapshots (
  projection_type text NOT NULL CHECK (projection_type <> ''),
  -- Of the filter without its sequence bound: 'sha256:…'. States of different filters are different snapshots.
  filter_hash text NOT NULL,
  -- The state holds every event of the filter up to this number and none above.
  sequence_number bigint NOT NULL CHECK (sequence_number >= 0),
  -- json, not jsonb: the text comes back as it was given, and neither writing nor reading prints it anew.
  snapshot_data json NOT NULL,
  -- SHA-256 of the four columns above, so that a row which anything but the store changed, copied or renumbered is not
  -- mistaken for a saved one.
  checksum text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (projection_type, filter_hash)
);

-- For monitoring and for cleaning up.
CREATE INDEX snapshots_sequence_number ON snapshots (sequence_number DESC);
CREATE INDEX snapshots_created_at ON snapshots (created_at DESC);

-- States are megabytes of JSON: lz4 packs them several times faster than the default, where the server was built with it.
DO $$
BEGIN
  ALTER TABLE snapshots ALTER COLUMN snapshot_data SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
  NULL;
END
$$;

-- Read when a store is opened, so that two stores in one database do not take each other's snapshots for their own.
COMMENT ON TABLE snapshots IS 'Snapshots of the event store in the table events';
