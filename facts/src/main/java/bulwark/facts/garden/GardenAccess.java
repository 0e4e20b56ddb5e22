package bulwark.facts.garden;

import bulwark.facts.Refusal;
import bulwark.facts.Scope;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.GuardedRows;
import bulwark.kernel.storage.ReadTx;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who may read and write facts of which garden. Thread-safe. */
public final class GardenAccess {
    private static final String NOT_FOUND = "garden not found";
    private static final String NO_MEMBER = "not a member of this garden";

    /** Keyed by who asks; an entry counts only while no garden has changed since, as the asking transaction sees it. */
    private final Cache<Reader, Readable> readable =
            Caffeine.newBuilder().maximumSize(10_000).build();

    private record Reader(String tenant, String entityUri) {}

    private record Readable(long version, Set<String> gardens) {}

    private final GuardedRows guarded;

    /** @param guarded vouches for gardens and members: others do not count */
    public GardenAccess(GuardedRows guarded) {
        this.guarded = guarded;
    }

    /** UUIDs of the gardens whose facts this principal may read; facts without a garden are readable by all readers. */
    public Set<String> readable(ReadTx tx, Principal principal) throws SQLException {
        Reader reader = new Reader(principal.tenant(), principal.entityUri());
        long version = GardenTable.version(tx);
        Readable known = readable.getIfPresent(reader);
        if (known != null && known.version == version) {
            return known.gardens;
        }
        Set<String> gardens = new HashSet<>();
        for (String garden : GardenTable.idsOfMember(tx, reader.tenant, reader.entityUri)) {
            if (GardenTable.isVouchedFor(tx, guarded, garden, reader.entityUri)) {
                gardens.add(garden);
            }
        }
        Readable fresh = new Readable(version, Set.copyOf(gardens));
        readable.put(reader, fresh);
        return fresh.gardens;
    }

    /**
     * The UUID of the garden that a new fact names.
     *
     * @param uri only the slug behind {@code /garden/} counts
     * @throws Refusal.Plain 404 unknown, 422 other scope, 403 no writer
     */
    public String forWrite(ReadTx tx, Principal principal, String uri, Scope scope) throws SQLException {
        Garden garden = find(tx, principal, uri);
        Optional<String> role = GardenTable.vouchedRole(tx, guarded, garden.id(), principal.entityUri());
        if (role.isEmpty()) {
            throw new Refusal.Plain(403, NO_MEMBER);
        }
        if (!writable(tx, principal, garden.id())) {
            throw new Refusal.Plain(403, "write permission required — you are a reader in this garden");
        }
        if (!garden.scope().equals(scope.wire())) {
            throw new Refusal.Plain(
                    422,
                    "scope mismatch: garden scope is '" + garden.scope() + "' but fact scope is '" + scope.wire()
                            + "'");
        }
        return garden.id();
    }

    /** Whether this principal may write into a garden, given by its UUID. */
    public boolean writable(ReadTx tx, Principal principal, String gardenId) throws SQLException {
        String role = GardenTable.vouchedRole(tx, guarded, gardenId, principal.entityUri())
                .orElse("");
        return role.equals("admin") || role.equals("writer");
    }

    /** The UUID of a garden that this principal may read. @throws Refusal.Plain 404, also for one that is not his */
    public String forRead(ReadTx tx, Principal principal, String uri) throws SQLException {
        Garden garden = find(tx, principal, uri);
        if (!principal.reaches(garden.scope()) || !readable(tx, principal).contains(garden.id())) {
            throw new Refusal.Plain(404, NOT_FOUND);
        }
        return garden.id();
    }

    private static Garden find(ReadTx tx, Principal principal, String uri) throws SQLException {
        int mark = uri.indexOf("/garden/");
        String slug = (mark < 0 ? uri : uri.substring(mark + "/garden/".length())).toLowerCase(Locale.ROOT);
        return GardenTable.find(tx, principal.tenant(), slug).orElseThrow(() -> new Refusal.Plain(404, NOT_FOUND));
    }
}
