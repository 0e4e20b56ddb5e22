package bulwark.seats.route;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Equal requests have one effect and one answer. The row of a request is inserted before its work and in the same transaction, so that of two that come together one waits for the other and finds its answer; a refusal
 * leaves no row. Keys of a day and more are forgotten. Thread-safe.
 */
public final class Idempotency {
    static final String HEADER = "Idempotency-Key";
    private static final String REPLAYED = "Idempotency-Replayed";
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{8,128}");
    private static final Duration MAX_AGE = Duration.ofHours(24);

    private final Clock clock;

    public Idempotency(Clock clock) {
        this.clock = clock;
    }

    /** One request, whoever sends it how often. */
    record Key(String route, String target, String actor, String text, String bodyHash) {}

    /** @throws ApiRefusal when the header is missing, comes twice or has another form */
    Key key(SeatRoute route, Call call) {
        List<String> given = call.request().headers().all(HEADER);
        if (given.isEmpty()) {
            throw new ApiRefusal(
                    Kind.MALFORMED,
                    "idempotency_key_required",
                    "This asks for a header " + HEADER + ": 8 to 128 letters, digits, _ and -.");
        }
        if (given.size() > 1 || !FORM.matcher(given.getFirst()).matches()) {
            throw new ApiRefusal(
                    Kind.MALFORMED,
                    "idempotency_key_invalid",
                    HEADER + " must come once, with 8 to 128 letters, digits, _ and -.");
        }
        return new Key(
                route.method() + " " + route.path(),
                SeatRouteGuard.target(call.request()).orElse(""),
                call.caller().entityUri(),
                given.getFirst(),
                Digests.sha256Hex(CanonicalJson.bytes(call.fields())));
    }

    /** Takes the key; the stored answer when it was taken before. */
    Optional<Response> begin(WriteTx tx, Key key) throws SQLException {
        forget(tx);
        PreparedStatement insert = tx.statement("INSERT INTO idempotency (route, target_id, actor_id, key, body_hash,"
                + " expires_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (route, target_id, actor_id, key) DO NOTHING");
        bind(insert, 1, key);
        insert.setString(5, key.bodyHash);
        insert.setString(6, Timestamps.offset(clock.instant().plus(MAX_AGE)));
        return insert.executeUpdate() > 0 ? Optional.empty() : find(tx, key);
    }

    /** The stored answer; empty when the key was not taken. */
    Optional<Response> find(ReadTx tx, Key key) throws SQLException {
        PreparedStatement select = tx.statement("SELECT body_hash, response_code, response_body FROM idempotency"
                + " WHERE route = ? AND target_id = ? AND actor_id = ? AND key = ?");
        bind(select, 1, key);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(stored(key, row)) : Optional.empty();
        }
    }

    private static Response stored(Key key, ResultSet row) throws SQLException {
        if (!row.getString(1).equals(key.bodyHash)) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "idempotency_key_reused",
                    "This " + HEADER + " came before with another body: take a fresh one for another request.");
        }
        int status = row.getInt(2);
        if (row.wasNull()) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "idempotency_in_progress",
                    "An equal request is being worked on: repeat this one in a moment.",
                    Map.of("retryAfter", 1));
        }
        return Response.jsonBytes(status, row.getString(3).getBytes(StandardCharsets.UTF_8))
                .with(REPLAYED, "true");
    }

    void finish(WriteTx tx, Key key, Response response) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE idempotency SET response_code = ?, response_body = ?"
                + " WHERE route = ? AND target_id = ? AND actor_id = ? AND key = ?");
        update.setInt(1, response.status());
        update.setString(2, new String(response.body(), StandardCharsets.UTF_8));
        bind(update, 3, key);
        update.executeUpdate();
    }

    private void forget(WriteTx tx) throws SQLException {
        PreparedStatement delete = tx.statement("DELETE FROM idempotency WHERE expires_at < ?");
        delete.setString(1, Timestamps.offset(clock.instant()));
        delete.executeUpdate();
    }

    private static void bind(PreparedStatement statement, int first, Key key) throws SQLException {
        statement.setString(first, key.route);
        statement.setString(first + 1, key.target);
        statement.setString(first + 2, key.actor);
        statement.setString(first + 3, key.text);
    }
}
