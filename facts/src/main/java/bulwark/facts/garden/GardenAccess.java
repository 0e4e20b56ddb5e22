package bulwark.facts.garden;

import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;
import static bulwark.web.ApiRefusal.Kind.INVALID;
import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;

import bulwark.facts.Scope;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.storage.ReadTx;
import bulwark.web.ApiRefusal;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who may read and write facts of which garden. Thread-safe. */
public final class GardenAccess {
    private static final String UNKNOWN_GARDEN = "garden not found";
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
     * @throws ApiRefusal when it is unknown or of another scope, or the caller may not write there
     */
    public String forWrite(ReadTx tx, Principal principal, String uri, Scope scope) throws SQLException {
        Garden garden = find(tx, principal, uri);
        Optional<String> role = GardenTable.vouchedRole(tx, guarded, garden.id(), principal.entityUri());
        if (role.isEmpty()) {
            throw new ApiRefusal(FORBIDDEN, "not_a_member", NO_MEMBER);
        }
        if (!writable(tx, principal, garden.id())) {
            throw new ApiRefusal(
                    FORBIDDEN, "not_a_writer", "write permission required — you are a reader in this garden");
        }
        if (!garden.scope().equals(scope.wire())) {
            throw new ApiRefusal(
                    INVALID,
                    "scope_mismatch",
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

    /** The UUID of a garden that this principal may read. @throws ApiRefusal not found, also for one that is not his */
    public String forRead(ReadTx tx, Principal principal, String uri) throws SQLException {
        Garden garden = find(tx, principal, uri);
        if (!principal.reaches(garden.scope()) || !readable(tx, principal).contains(garden.id())) {
            throw new ApiRefusal(NOT_FOUND, "garden_not_found", UNKNOWN_GARDEN);
        }
        return garden.id();
    }

    private static Garden find(ReadTx tx, Principal principal, String uri) throws SQLException {
        int mark = uri.indexOf("/garden/");
        String slug = (mark < 0 ? uri : uri.substring(mark + "/garden/".length())).toLowerCase(Locale.ROOT);
        return GardenTable.find(tx, principal.tenant(), slug)
                .orElseThrow(() -> new ApiRefusal(NOT_FOUND, "garden_not_found", UNKNOWN_GARDEN));
    }
}
