package bulwark.seats.plan;

import bulwark.kernel.signing.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * SHA-256 over {@value #DOMAIN}, one zero byte and the canonical bytes of a plan: what is approved and what the signer recomputes. Immutable.
 *
 * @param text 64 hexadecimal digits in lower case
 */
public record PlanDigest(String text) {
    /** So that no approval of a plan is one of anything else. */
    public static final String DOMAIN = "csm-plan-v1";

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");
    private static final int GROUP = 8;

    public PlanDigest {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("a digest has 64 hexadecimal digits in lower case");
        }
    }

    static PlanDigest of(byte[] canonical) {
        MessageDigest sha = Digests.newSha256();
        sha.update(DOMAIN.getBytes(StandardCharsets.US_ASCII));
        sha.update((byte) 0);
        return new PlanDigest(HexFormat.of().formatHex(sha.digest(canonical)));
    }

    public static Optional<PlanDigest> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new PlanDigest(text)) : Optional.empty();
    }

    /** Eight groups of eight digits, which two people can read to each other. */
    public String groups() {
        StringBuilder groups = new StringBuilder();
        for (int i = 0; i < text.length(); i += GROUP) {
            groups.append(i == 0 ? "" : " ").append(text, i, i + GROUP);
        }
        return groups.toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
