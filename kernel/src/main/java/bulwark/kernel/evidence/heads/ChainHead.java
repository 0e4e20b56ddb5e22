package bulwark.kernel.evidence.heads;

/** The newest row of a hash-chained table. */
public record ChainHead(String table, long seq, String hash) {}
