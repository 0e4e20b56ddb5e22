package bulwark.seats.staker;

import static bulwark.seats.route.FieldRule.addresses;
import static bulwark.seats.route.FieldRule.text;

import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.identity.StaticTokenAuthenticator;
import bulwark.seats.route.Call;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.route.SeatRouteGuard;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.AuthenticationRequest;
import bulwark.web.Authenticator;
import bulwark.web.Response;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** API keys of stakers, each bound to wallets: shown once, kept as HMAC, honoured while the audit log vouches for the row. Thread-safe. */
public final class StakerKeys implements Authenticator {
    static final AuditEventType ISSUED = AuditEventType.of(
            "staker_key_issued", "a key of a staker was made", "request_id", "remote", "addresses", "label");
    static final AuditEventType REVOKED =
            AuditEventType.of("staker_key_revoked", "a key of a staker was revoked", "request_id", "remote");
    public static final List<AuditEventType> EVENTS = List.of(ISSUED, REVOKED);

    private static final int PREFIX_CHARACTERS = 12;
    private static final String COLUMNS =
            "SELECT id, prefix, label, addresses, created_at, revoked_at FROM staker_api_keys ";
    private static final Outcome UNKNOWN = new Outcome.Refused("unknown", "The key is not known", "Bearer");

    private final SeatStore store;
    private final SecretBytes key;
    private final Clock clock;
    private final Signing signing = Signing.fastest();

    /** @param key of the HMAC */
    public StakerKeys(SeatStore store, SecretBytes key, Clock clock) {
        this.store = store;
        this.key = key;
        this.clock = clock;
    }

    public List<SeatRoute> routes() {
        return List.of(
                SeatRoute.reads(
                        "/v1/staker-keys", "Every key of a staker", Roles.ADMIN, RequestRules.NOTHING, this::list),
                SeatRoute.changes(
                        "POST",
                        "/v1/staker-keys",
                        "Make a key that is bound to wallets; the answer alone shows it",
                        Roles.ADMIN,
                        RequestRules.body(text("label", 1, 100), addresses("addresses")),
                        201,
                        this::issue),
                SeatRoute.changes(
                        "DELETE",
                        "/v1/staker-keys/{id}",
                        "Revoke a key",
                        Roles.ADMIN,
                        RequestRules.NOTHING,
                        204,
                        this::revoke));
    }

    @Override
    public String kind() {
        return SeatRouteGuard.STAKER;
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        boolean ours = request.bearer()
                .filter(token -> token.startsWith(StaticTokenAuthenticator.STAKER_PREFIX))
                .isPresent();
        return ours ? Optional.empty() : Optional.of(Outcome.NotPresented.NOT_PRESENTED);
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        return tryAuthenticate(request)
                .orElseGet(() -> store.read(tx -> find(tx, request.bearer().orElseThrow())));
    }

    private Outcome find(ReadTx tx, String token) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE key_hash = ?");
        select.setString(1, hash(token));
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return UNKNOWN;
            }
            String id = row.getString(1);
            Set<String> wallets = Set.of(row.getString(4).split(","));
            boolean revoked = row.getString(6) != null;
            if (revoked || !store.audited().audit().guardedRows().vouchesFor(tx, SeatStore.STAKER_KEYS, id)) {
                return new Outcome.Refused("revoked", "The key is not known", "Bearer", id);
            }
            Authentication how =
                    new Authentication(Authentication.Method.API_KEY, Set.of(), null, Instant.MAX, Confirmation.NONE);
            return new Outcome.Identified(
                    new Principal("staker:" + id, "default", Set.of(Roles.STAKER), id, wallets, how));
        }
    }

    private Response list(Call call) {
        return store.read(tx -> {
            List<Map<String, Object>> items = new ArrayList<>();
            try (ResultSet row =
                    tx.statement(COLUMNS + "ORDER BY created_at, id").executeQuery()) {
                while (row.next()) {
                    Map<String, Object> each = new LinkedHashMap<>();
                    each.put("id", row.getString(1));
                    each.put("prefix", row.getString(2));
                    each.put("label", row.getString(3));
                    each.put("addresses", List.of(row.getString(4).split(",")));
                    each.put("createdAt", row.getString(5));
                    each.put("revoked", row.getString(6) != null);
                    items.add(each);
                }
            }
            return Response.json(200, Map.of("items", items));
        });
    }

    private Response issue(WriteTx tx, Call call) throws SQLException {
        String token = StaticTokenAuthenticator.STAKER_PREFIX
                + Base64Url.text(signing.random32().expose(SecretAccess.grant()));
        Set<String> wallets = new TreeSet<>();
        call.texts("addresses").forEach(address -> wallets.add(address.toLowerCase(Locale.ROOT)));
        String id = UUID.randomUUID().toString();
        String label = call.text("label");
        PreparedStatement insert = tx.statement("INSERT INTO staker_api_keys (id, key_hash, prefix, label, addresses,"
                + " created_at) VALUES (?, ?, ?, ?, ?, ?)");
        insert.setString(1, id);
        insert.setString(2, hash(token));
        insert.setString(3, token.substring(0, PREFIX_CHARACTERS));
        insert.setString(4, label);
        insert.setString(5, String.join(",", wallets));
        insert.setString(6, Timestamps.zulu(clock.instant()));
        insert.executeUpdate();
        Map<String, Object> detail = Map.of("addresses", List.copyOf(wallets), "label", label);
        store.audited()
                .audit()
                .guardedRows()
                .append(tx, call.event(ISSUED, "staker-key:" + id, detail), SeatStore.STAKER_KEYS, id);
        return Response.json(201, Map.of("id", id, "key", token, "addresses", List.copyOf(wallets), "label", label));
    }

    private Response revoke(WriteTx tx, Call call) throws SQLException {
        String id = call.request().pathParameter("id");
        PreparedStatement update =
                tx.statement("UPDATE staker_api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
        update.setString(1, Timestamps.zulu(clock.instant()));
        update.setString(2, id);
        if (update.executeUpdate() == 0) {
            throw new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no live key with this id.");
        }
        store.audited()
                .audit()
                .guardedRows()
                .append(tx, call.event(REVOKED, "staker-key:" + id, Map.of()), SeatStore.STAKER_KEYS, id);
        return Response.noContent();
    }

    private String hash(String token) {
        byte[] text = ("staker-key\n" + token).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(signing.hmacSha256(key, text));
    }
}
