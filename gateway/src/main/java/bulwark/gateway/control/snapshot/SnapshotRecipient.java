package bulwark.gateway.control.snapshot;

/**
 * The gateway that a snapshot is for.
 *
 * @param gateway id
 * @param tenant the only one that it serves; empty for all
 * @param environment whose APIs it serves; empty for all
 */
public record SnapshotRecipient(String gateway, String tenant, String environment) {}
