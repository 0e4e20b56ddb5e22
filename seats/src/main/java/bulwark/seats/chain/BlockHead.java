package bulwark.seats.chain;

import java.math.BigInteger;
import java.time.Instant;

/** A block as a client names it. Immutable. @param hash 0x and 64 digits @param baseFee wei for each unit of gas */
public record BlockHead(long number, String hash, String parentHash, Instant time, BigInteger baseFee) {}
