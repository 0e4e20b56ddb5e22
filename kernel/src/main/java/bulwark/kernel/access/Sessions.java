package bulwark.kernel.access;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of people in a store. The token is 32 random bytes that only the caller has; the store keeps its HMAC, so that without the secret nobody makes a row that a token leads to, and a new
 * secret ends every session. {@link #find} reads the store: what one process ends, every other process refuses at its next request. Writing the evidence is the caller's. Thread-safe.
 */
public final class Sessions {
    /** Tables of {@code Sessions} and {@link StepUpTokens}. */
    public static final List<String> MIGRATIONS = List.of("db/kernel/V030__sessions.sql");

    private static final Duration SEEN_INTERVAL = Duration.ofMinutes(1);
    private static final int MAX_USER_AGENT_CHARS = 200;
    private static final String COLUMNS =
            "SELECT s.id, s.user_id, s.created_at, s.expires_at, s.remote, s.user_agent, s.ended_at, a.last_seen_at"
                    + " FROM sessions s JOIN session_activity a ON a.session_id = s.id ";

    private final Signing signing = Signing.fastest();
    private final SecretBytes key;
    private final Lifetime lifetime;
    private final Clock clock;

    /** @param key of the HMAC, 32 bytes */
    public Sessions(SecretBytes key, Lifetime lifetime, Clock clock) {
        this.key = key;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** @param idle without a request @param absolute with however many */
    public record Lifetime(Duration idle, Duration absolute) {}

    public record Session(
            String id,
            String userId,
            Instant created,
            Instant expires,
            Instant lastSeen,
            String remote,
            String userAgent) {}

    /** @param token for the caller alone: nothing else tells it again */
    public record Opened(Session session, SecretBytes token) {}

    /** What a token leads to. */
    public sealed interface Verdict {
        record Live(Session session) implements Verdict {}

        /** @param reason {@code expired}, {@code idle} or {@code ended} */
        record Dead(String sessionId, String reason) implements Verdict {}

        enum Unknown implements Verdict {
            UNKNOWN
        }
    }

    /** A session with a token that never was one before. */
    public Opened open(WriteTx tx, String userId, String remote, String userAgent) throws SQLException {
        SecretBytes raw = signing.random32();
        String token = Base64Url.text(raw.expose(SecretAccess.grant()));
        Instant now = Timestamps.toMicros(clock.instant());
        String agent = userAgent.substring(0, Math.min(userAgent.length(), MAX_USER_AGENT_CHARS));
        Session session = new Session(
                UUID.randomUUID().toString(), userId, now, now.plus(lifetime.absolute()), now, remote, agent);
        PreparedStatement insert = tx.statement("INSERT INTO sessions (id, user_id, token_hash, created_at, expires_at,"
                + " remote, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, session.id());
        insert.setString(2, userId);
        insert.setString(3, hash(token));
        insert.setString(4, Timestamps.offset(now));
        insert.setString(5, Timestamps.offset(session.expires()));
        insert.setString(6, remote);
        insert.setString(7, agent);
        insert.executeUpdate();
        PreparedStatement seen = tx.statement("INSERT INTO session_activity (session_id, last_seen_at) VALUES (?, ?)");
        seen.setString(1, session.id());
        seen.setString(2, Timestamps.offset(now));
        seen.executeUpdate();
        return new Opened(session, SecretBytes.ofText(token));
    }

    public Verdict find(ReadTx tx, String token) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE s.token_hash = ?");
        select.setString(1, hash(token));
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Verdict.Unknown.UNKNOWN;
            }
            Session session = session(row);
            String reason = deadBecause(session, row.getString(7));
            return reason == null ? new Verdict.Live(session) : new Verdict.Dead(session.id(), reason);
        }
    }

    /** Whether time has not ended what was live when the store was read. */
    public boolean isLive(Session session) {
        return deadBecause(session, null) == null;
    }

    private @Nullable String deadBecause(Session session, @Nullable String endedAt) {
        Instant now = clock.instant();
        if (endedAt != null) {
            return "ended";
        }
        if (!now.isBefore(session.expires())) {
            return "expired";
        }
        return now.isBefore(session.lastSeen().plus(lifetime.idle())) ? null : "idle";
    }

    /** Whether {@link #seen} would write: at most once a minute for each session. */
    public boolean isSeenDue(Session session) {
        return !clock.instant().isBefore(session.lastSeen().plus(SEEN_INTERVAL));
    }

    public void seen(WriteTx tx, String id) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE session_activity SET last_seen_at = ? WHERE session_id = ?");
        update.setString(1, Timestamps.offset(clock.instant()));
        update.setString(2, id);
        update.executeUpdate();
    }

    /** Those that a request could use now, oldest first. */
    public List<Session> live(ReadTx tx, String userId) throws SQLException {
        PreparedStatement select =
                tx.statement(COLUMNS + "WHERE s.user_id = ? AND s.ended_at IS NULL ORDER BY s.created_at, s.id");
        select.setString(1, userId);
        List<Session> live = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                Session session = session(rows);
                if (deadBecause(session, null) == null) {
                    live.add(session);
                }
            }
        }
        return live;
    }

    /** @return whether it had not ended */
    public boolean end(WriteTx tx, String id) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL");
        update.setString(1, Timestamps.offset(clock.instant()));
        update.setString(2, id);
        return update.executeUpdate() > 0;
    }

    /** Ends every session of the user but one. @param kept null for none @return those that it ended */
    public List<String> endOthers(WriteTx tx, String userId, @Nullable String kept) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT id FROM sessions WHERE user_id = ? AND ended_at IS NULL ORDER BY id");
        select.setString(1, userId);
        List<String> ended = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ended.add(rows.getString(1));
            }
        }
        ended.removeIf(id -> id.equals(kept));
        for (String id : ended) {
            end(tx, id);
        }
        return ended;
    }

    /** What a page must send in a header of its own beside the cookie: derived from the session, so that nothing that can be read in the store tells it. */
    public String csrfToken(String sessionId) {
        return Base64Url.text(mac("csrf", sessionId));
    }

    /** In constant time. */
    public boolean isCsrfToken(String sessionId, String presented) {
        return MessageDigest.isEqual(
                csrfToken(sessionId).getBytes(StandardCharsets.US_ASCII), presented.getBytes(StandardCharsets.UTF_8));
    }

    /** What the store keeps of a token. */
    public String hash(String token) {
        return HexFormat.of().formatHex(mac("token", token));
    }

    private byte[] mac(String purpose, String text) {
        return signing.hmacSha256(key, (purpose + '\n' + text).getBytes(StandardCharsets.UTF_8));
    }

    private static Session session(ResultSet row) throws SQLException {
        return new Session(
                row.getString(1),
                row.getString(2),
                KeyTable.instant(row.getString(3)),
                KeyTable.instant(row.getString(4)),
                KeyTable.instant(row.getString(8)),
                row.getString(5),
                row.getString(6));
    }
}
