package bulwark.kernel.access;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Proof that a person showed their password a moment ago for one action: {@code su1.PAYLOAD.MAC}, both base64url, bound to user, session, action and the thing acted on. It works once: the use is a row of the
 * transaction that it allows. Thread-safe.
 */
public final class StepUpTokens {
    private static final String VERSION = "su1";
    private static final int MAX_CHARS = 2048;

    private final Signing signing = Signing.fastest();
    private final SecretBytes key;
    private final byte[] domain;
    private final Duration validity;
    private final Clock clock;

    /** @param key of the HMAC, 32 bytes @param domain keeps these apart from anything else that the key may sign */
    public StepUpTokens(SecretBytes key, String domain, Duration validity, Clock clock) {
        this.key = key;
        this.domain = (domain + '\n').getBytes(StandardCharsets.UTF_8);
        this.validity = validity;
        this.clock = clock;
    }

    /** @param resource id of the thing acted on; empty where the action makes a new one */
    public record Binding(String userId, String sessionId, String action, String resource) {}

    public record Issued(String token, Instant expires) {}

    /** What a token is worth for one request. */
    public sealed interface Verdict {
        record Valid(String tokenId, Binding binding) implements Verdict {}

        /** @param reason {@code malformed}, {@code forged}, {@code expired}, or what it is bound to otherwise: {@code other_user}, {@code other_session}, {@code other_action}, {@code other_resource} */
        record Refused(String reason) implements Verdict {}
    }

    public Issued issue(Binding binding) {
        Instant now = clock.instant();
        Instant expires = Instant.ofEpochSecond(now.plus(validity).getEpochSecond());
        byte[] payload = CanonicalJson.bytes(Map.of(
                "uid", binding.userId(),
                "sid", binding.sessionId(),
                "act", binding.action(),
                "res", binding.resource(),
                "iat", now.getEpochSecond(),
                "exp", expires.getEpochSecond(),
                "jti", UUID.randomUUID().toString()));
        return new Issued(VERSION + "." + Base64Url.text(payload) + "." + Base64Url.text(mac(payload)), expires);
    }

    public Verdict verify(String token, Binding wanted) {
        String[] pieces = token.split("\\.", -1);
        if (token.length() > MAX_CHARS || pieces.length != 3 || !pieces[0].equals(VERSION)) {
            return new Verdict.Refused("malformed");
        }
        Optional<byte[]> payload = Base64Url.bytes(pieces[1]);
        Optional<byte[]> mac = Base64Url.bytes(pieces[2]);
        if (payload.isEmpty() || mac.isEmpty()) {
            return new Verdict.Refused("malformed");
        }
        // Nothing of the payload is looked at before it is known to be ours.
        if (!MessageDigest.isEqual(mac(payload.get()), mac.get())) {
            return new Verdict.Refused("forged");
        }
        return judge(StrictJson.parse(payload.get()), wanted);
    }

    private Verdict judge(JsonNode claims, Binding wanted) {
        if (!clock.instant().isBefore(Instant.ofEpochSecond(claims.path("exp").longValue()))) {
            return new Verdict.Refused("expired");
        }
        if (!text(claims, "uid").equals(wanted.userId())) {
            return new Verdict.Refused("other_user");
        }
        if (!text(claims, "sid").equals(wanted.sessionId())) {
            return new Verdict.Refused("other_session");
        }
        if (!text(claims, "act").equals(wanted.action())) {
            return new Verdict.Refused("other_action");
        }
        return text(claims, "res").equals(wanted.resource())
                ? new Verdict.Valid(text(claims, "jti"), wanted)
                : new Verdict.Refused("other_resource");
    }

    /** Uses the token up in the transaction of what it allows. @return false when it was used before */
    public boolean use(WriteTx tx, Verdict.Valid valid) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO step_up_uses (token_id, user_id, session_id, action,"
                + " resource, used_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (token_id) DO NOTHING");
        insert.setString(1, valid.tokenId());
        insert.setString(2, valid.binding().userId());
        insert.setString(3, valid.binding().sessionId());
        insert.setString(4, valid.binding().action());
        insert.setString(5, valid.binding().resource());
        insert.setString(6, Timestamps.offset(clock.instant()));
        return insert.executeUpdate() > 0;
    }

    private static String text(JsonNode claims, String name) {
        return claims.path(name).asString("");
    }

    private byte[] mac(byte[] payload) {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.writeBytes(domain);
        input.writeBytes(payload);
        return signing.hmacSha256(key, input.toByteArray());
    }
}
