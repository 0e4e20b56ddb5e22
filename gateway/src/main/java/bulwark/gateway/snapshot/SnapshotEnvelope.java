package bulwark.gateway.snapshot;

import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a control plane sends: {@code {"statement":…,"key":"…","signature":"…"}}, in this order and without blanks, of a whole snapshot, and {@code {"delta":…,…}} of what changed since another. The signature
 * is Ed25519 over the line {@code bulwark gateway snapshot} or {@code bulwark gateway snapshot delta}, a line feed, and the bytes of the statement as they were sent, so that nothing is parsed
 * before it holds. The key that is named is only found by it: what counts are the keys that the gateway was told to trust.
 */
enum SnapshotEnvelope {
    WHOLE("{\"statement\":", "bulwark gateway snapshot\n"),
    DELTA("{\"delta\":", "bulwark gateway snapshot delta\n");

    private static final int KEY_BYTES = 32;
    private static final String TAIL_KEY = ",\"key\":\"";
    private static final String TAIL_SIGNATURE = "\",\"signature\":\"";
    private static final String TAIL_END = "\"}";
    /** Of base64url without padding: 43 characters are 32 bytes, 86 are 64. */
    private static final int TAIL_LENGTH = TAIL_KEY.length() + 43 + TAIL_SIGNATURE.length() + 86 + TAIL_END.length();

    private static final Pattern TAIL =
            Pattern.compile(",\"key\":\"([A-Za-z0-9_-]{43})\",\"signature\":\"([A-Za-z0-9_-]{86})\"}");

    private final byte[] head;
    private final byte[] purpose;

    SnapshotEnvelope(String head, String purpose) {
        this.head = head.getBytes(StandardCharsets.US_ASCII);
        this.purpose = purpose.getBytes(StandardCharsets.US_ASCII);
    }

    boolean isOf(byte[] document) {
        return document.length >= head.length && Arrays.equals(document, 0, head.length, head, 0, head.length);
    }

    byte[] sign(byte[] statement, Ed25519Signer signer) {
        String tail = TAIL_KEY
                + Base64Url.text(signer.publicKey())
                + TAIL_SIGNATURE
                + Base64Url.text(signer.sign(message(statement)))
                + TAIL_END;
        ByteArrayOutputStream document = new ByteArrayOutputStream(head.length + statement.length + TAIL_LENGTH);
        document.writeBytes(head);
        document.writeBytes(statement);
        document.writeBytes(tail.getBytes(StandardCharsets.US_ASCII));
        return document.toByteArray();
    }

    /** What was signed. @param pinned public keys that may sign, base64url @throws RoutesRefused when none of them signed it */
    byte[] open(byte[] document, List<String> pinned, Signing signing) {
        int end = document.length - TAIL_LENGTH;
        if (end < head.length || !isOf(document)) {
            throw refused("is damaged: statement, key or signature is missing");
        }
        Matcher tail = TAIL.matcher(new String(document, end, TAIL_LENGTH, StandardCharsets.ISO_8859_1));
        if (!tail.matches()) {
            throw refused("is damaged: statement, key or signature is missing");
        }
        String key = tail.group(1);
        if (!pinned.contains(key)) {
            throw refused("is signed by a key that STOA_CONTROL_PLANE_KEYS does not name");
        }
        byte[] publicKey = Base64Url.exactly(KEY_BYTES, key).orElseThrow(() -> refused("names no key"));
        byte[] made = Base64Url.bytes(tail.group(2)).orElse(new byte[0]);
        byte[] statement = Arrays.copyOfRange(document, head.length, end);
        if (!signing.verify(publicKey, message(statement), made)) {
            throw refused("carries a signature that does not verify");
        }
        return statement;
    }

    static RoutesRefused refused(String fault) {
        return new RoutesRefused(List.of("The snapshot of the control plane " + fault + "."));
    }

    private byte[] message(byte[] statement) {
        byte[] message = Arrays.copyOf(purpose, purpose.length + statement.length);
        System.arraycopy(statement, 0, message, purpose.length, statement.length);
        return message;
    }
}
