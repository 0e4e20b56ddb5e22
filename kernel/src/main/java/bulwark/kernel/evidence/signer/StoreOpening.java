package bulwark.kernel.evidence.signer;

import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.HashChain;
import bulwark.kernel.evidence.heads.LogClaims;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.SignedHeads;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.heads.StoreId;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreRefused;
import bulwark.kernel.time.Timestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides at start whether a store may be used: it must agree with its log, its key folder and its second place. A new store is given
 * its id and its origin here, and a store of a version that signed nothing its first signed heads.
 */
public final class StoreOpening {
    private static final Logger LOG = LoggerFactory.getLogger(StoreOpening.class);

    private final Store store;
    private final TransparencyLog log;
    private final EvidenceScope scope;
    private final LogKeys keys;
    private final Clock clock;
    private final Acceptance acceptance;
    private final @Nullable AuditLog audit;

    private StoreOpening(
            Store store,
            TransparencyLog log,
            EvidenceScope scope,
            LogKeys keys,
            Clock clock,
            Acceptance acceptance,
            @Nullable AuditLog audit) {
        this.store = store;
        this.log = log;
        this.scope = scope;
        this.keys = keys;
        this.clock = clock;
        this.acceptance = acceptance;
        this.audit = audit;
    }

    /**
     * How the owner goes on with a store that does not agree.
     *
     * @param setting name of the setting
     * @param value what it holds now: the word that a refusal prints, or nothing
     */
    public record Acceptance(String setting, String value) {}

    /** What an older version left to judge an unsigned store by. */
    @FunctionalInterface
    public interface UnsignedEvidence {
        /** @return sentences, empty when nothing speaks against the store */
        List<String> check(ReadTx tx) throws SQLException;
    }

    /**
     * @param acceptedLoss what the owner gave up with this start; belongs into the audit log
     * @param upgraded whether the store was given its first signed heads now and held rows before
     */
    public record Opened(HeadSigner signer, List<String> acceptedLoss, boolean upgraded) {}

    /**
     * Call before anything is written.
     *
     * @param audit the log whose rows are proven before any of them counts, or null for a store without one
     * @throws StoreRefused when they do not agree and the owner did not accept it; says what is missing and what to do
     */
    public static Opened open(
            Store store,
            TransparencyLog log,
            EvidenceScope scope,
            LogKeys keys,
            Clock clock,
            Acceptance acceptance,
            UnsignedEvidence unsigned,
            @Nullable AuditLog audit) {
        try {
            Opened opened = new StoreOpening(store, log, scope, keys, clock, acceptance, audit).open(unsigned);
            if (audit != null) {
                audit.guardedRows().keep(false);
            }
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException("the store id or the signed heads could not be written", e);
        }
    }

    private Opened open(UnsignedEvidence unsigned) throws IOException {
        StoreCheck.Report report = store.read(tx -> StoreCheck.report(scope, keys, tx, false));
        if (report.problems().isEmpty()) {
            keys.settle(report.newest());
        }
        List<String> edited = audit == null ? List.of() : audit.guardedRows().prove(store, scope.keyFolder());
        List<String> lost = readBack();
        if (!report.problems().isEmpty() || !edited.isEmpty() || !lost.isEmpty()) {
            StoreCheck.Report whole = store.read(tx -> StoreCheck.report(scope, keys, tx, true));
            return accept((whole.problems().isEmpty() ? report : whole).and(lost), edited);
        }
        SignedHeads newest = report.newest();
        if (report.begun() && newest != null) {
            return new Opened(
                    signer(publisher(Objects.requireNonNull(report.folderId()), newest, null)), List.of(), false);
        }
        boolean held = store.read(this::holdsRows);
        List<String> problems = held ? store.read(unsigned::check) : List.of();
        if (!problems.isEmpty()) {
            return accept(
                    new StoreCheck.Report(
                            problems, List.of(), report.folderId(), report.storeId(), null, false, List.of()),
                    List.of());
        }
        HeadSigner signer = signer(publisher(identify(report.folderId()), null, held ? "upgraded" : "created"));
        if (held) {
            LOG.info(
                    "The rows that this store holds now have no signature of their own; from here on heads are signed.");
        }
        if (log.backend().equals("local")) {
            signer.signNow();
        }
        return new Opened(signer, List.of(), held);
    }

    /** A log that does not answer keeps no node from starting: the running one asks again, and says so until then. */
    private List<String> readBack() {
        try {
            String lost = HeadReadBack.finding(log, scope);
            return lost == null ? List.of() : List.of(lost);
        } catch (LogUnavailable e) {
            LOG.warn(
                    "The newest signed heads could not be read back at this start, and are asked for again by the"
                            + " re-scan: {}",
                    e.getMessage());
            return List.of();
        }
    }

    private boolean holdsRows(ReadTx tx) throws SQLException {
        for (HashChain chain : scope.chains()) {
            if (chain.end(tx).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** @param edited findings about audit rows */
    private Opened accept(StoreCheck.Report report, List<String> edited) throws IOException {
        List<String> problems =
                Stream.concat(report.problems().stream(), edited.stream()).toList();
        String word = Digests.sha256Hex(String.join("\n", problems)).substring(0, 12);
        if (!word.equals(acceptance.value())) {
            throw new StoreRefused(store.name() + " and what vouches for it do not agree: "
                    + String.join("; ", problems.subList(0, Math.min(5, problems.size())))
                            .replaceFirst("\\.$", "")
                    + ". Restore what is missing from a backup. If it is lost for good, start once with "
                    + acceptance.setting() + "=" + word
                    + ", which records the loss under the log key and goes on with the rows that are there.");
        }
        keys.settle(report.newest());
        LOG.warn("SECURITY WARNING: {} is set: {}", acceptance.setting(), String.join("; ", problems));
        if (audit != null) {
            audit.guardedRows().accept(edited);
        }
        boolean oneId = Objects.equals(report.folderId(), report.storeId()) || report.storeId() == null;
        String id = report.folderId() != null && oneId ? report.folderId() : StoreId.fresh();
        HeadPublisher publisher =
                publisher(identify(id), id.equals(report.folderId()) ? report.newest() : null, SignedHeads.LOSS);
        List<ChainHead> heads = store.read(this::ends);
        store.write(tx -> {
            for (LogClaims.Claim claim : report.broken()) {
                claim.from().forget(tx, claim);
            }
            return report.broken().size();
        });
        try {
            log.forgetTrees();
            publisher.publish(heads, problems);
        } catch (LogUnavailable e) {
            throw new StoreRefused("The accepted loss cannot be recorded: " + e.getMessage());
        }
        return new Opened(signer(publisher), problems, false);
    }

    private List<ChainHead> ends(ReadTx tx) throws SQLException {
        List<ChainHead> ends = new ArrayList<>();
        for (HashChain chain : scope.chains()) {
            chain.end(tx).ifPresent(ends::add);
        }
        return ends;
    }

    private HeadPublisher publisher(String id, @Nullable SignedHeads newest, @Nullable String origin) {
        return new HeadPublisher(store, log, scope, keys, clock, id, newest, origin);
    }

    private HeadSigner signer(HeadPublisher publisher) {
        return new HeadSigner(store, publisher, scope, keys, clock, audit);
    }

    /** First the key folder, then the store: a crash between them is finished by the next start. */
    private String identify(@Nullable String known) throws IOException {
        String id = known == null ? StoreId.fresh() : known;
        StoreId.write(scope.keyFolder(), id);
        String now = Timestamps.offset(clock.instant());
        store.write(tx -> {
            StoreId.write(tx, id, now);
            return id;
        });
        return id;
    }
}
