package bulwark.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks the signature of a request to AWS (Signature Version 4) by its published definition. */
final class AwsRequestSignature {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final HexFormat HEX = HexFormat.of();

    private AwsRequestSignature() {}

    /** Whose signature counts, and for what. */
    record Scope(String accessKey, String secretKey, String region, String service) {}

    /** What is refused, in AWS's own words. */
    record Refusal(String type, String message) {}

    static Optional<Refusal> check(PlainHttpRequest request, Scope scope, Instant now) {
        String header = request.header("authorization");
        if (!header.startsWith("AWS4-HMAC-SHA256 ")) {
            return refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        String[] credential = part(header, "Credential=").split("/", -1);
        if (credential.length != 5 || !credential[0].equals(scope.accessKey())) {
            return refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
        }
        if (!credential[2].equals(scope.region()) || !credential[3].equals(scope.service())) {
            return refusal("InvalidSignatureException", "Credential should be scoped to a valid region.");
        }
        List<String> signed = List.of(part(header, "SignedHeaders=").split(";"));
        if (!signed.containsAll(List.of("host", "x-amz-date", "x-amz-target"))) {
            return refusal("InvalidSignatureException", "'Host', 'X-Amz-Date' and 'X-Amz-Target' must be signed.");
        }
        String canonical = canonical(request, signed);
        String time = request.header("x-amz-date");
        String toSign = "AWS4-HMAC-SHA256\n" + time + "\n"
                + String.join("/", Arrays.copyOfRange(credential, 1, credential.length)) + "\n"
                + HEX.formatHex(CurveKey.sha256(utf8(canonical)));
        byte[] key = utf8("AWS4" + scope.secretKey());
        for (String each : Arrays.copyOfRange(credential, 1, credential.length)) {
            key = hmac(key, utf8(each));
        }
        String expected = HEX.formatHex(hmac(key, utf8(toSign)));
        if (!MessageDigest.isEqual(utf8(expected), utf8(part(header, "Signature=")))) {
            return refusal(
                    "InvalidSignatureException",
                    "The request signature we calculated does not match the signature you provided.");
        }
        return expired(time, now);
    }

    private static Optional<Refusal> expired(String time, Instant now) {
        Instant made;
        try {
            made = TIME.parse(time, Instant::from);
        } catch (DateTimeParseException e) {
            return refusal("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.");
        }
        if (made.isBefore(now.minus(TOLERANCE))) {
            return refusal(
                    "InvalidSignatureException",
                    "Signature expired: " + time + " is now earlier than " + TIME.format(now.minus(TOLERANCE)) + " ("
                            + TIME.format(now) + " - 5 min.)");
        }
        return made.isAfter(now.plus(TOLERANCE))
                ? refusal(
                        "InvalidSignatureException",
                        "Signature not yet current: " + time + " is still later than "
                                + TIME.format(now.plus(TOLERANCE)) + " (" + TIME.format(now) + " + 5 min.)")
                : Optional.empty();
    }

    private static String canonical(PlainHttpRequest request, List<String> signed) {
        String headers = signed.stream()
                .map(name -> name + ":" + request.header(name).strip().replaceAll(" +", " ") + "\n")
                .collect(Collectors.joining());
        return request.method() + "\n" + request.path() + "\n\n" + headers + "\n" + String.join(";", signed) + "\n"
                + HEX.formatHex(CurveKey.sha256(request.body()));
    }

    private static String part(String header, String name) {
        int from = header.indexOf(name);
        if (from < 0) {
            return "";
        }
        int to = header.indexOf(',', from);
        return header.substring(from + name.length(), to < 0 ? header.length() : to)
                .strip();
    }

    /** RFC 2104 over SHA-256. */
    private static byte[] hmac(byte[] key, byte[] message) {
        byte[] padded = Arrays.copyOf(key.length > 64 ? CurveKey.sha256(key) : key, 64);
        byte[] inner = new byte[64 + message.length];
        byte[] outer = new byte[96];
        for (int i = 0; i < 64; i++) {
            inner[i] = (byte) (padded[i] ^ 0x36);
            outer[i] = (byte) (padded[i] ^ 0x5c);
        }
        System.arraycopy(message, 0, inner, 64, message.length);
        System.arraycopy(CurveKey.sha256(inner), 0, outer, 64, 32);
        return CurveKey.sha256(outer);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<Refusal> refusal(String type, String message) {
        return Optional.of(new Refusal(type, message));
    }
}
