package bulwark.seats.signer;

import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.evidence.store.AuditedStoreFsck;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.PlannedAction;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The signer's memory: a store of its own, whose rows are synced before the key is asked, so that a kill forgets nothing that may have left, and that the audit log vouches for. Thread-safe.
 */
final class SigningJournal implements AutoCloseable {
    private static final String SUBJECT = "transaction:";
    private static final String TENANT = "default";
    private static final AuditTable AUDIT = AuditTable.of("signer_audit_log");
    private static final GuardedTable TRANSACTIONS = GuardedTable.of("signed_transactions", "signing_hash");
    private static final GuardedTable KEYS = GuardedTable.of("generated_keys", "pubkey");
    private static final GuardedTable DEPOSITS = GuardedTable.of("signed_deposits", "pubkey");
    private static final AuditedStore.Layout LAYOUT = new AuditedStore.Layout(
            AUDIT,
            AuditTable.migration("db/signer/V510__signer_audit.sql", AUDIT)
                    .and(new Migrations(List.of("db/signer/V511__signer.sql", "db/signer/V512__keys.sql"))),
            List.of(TRANSACTIONS, DEPOSITS, KEYS),
            false,
            false);

    private final AuditedStore audited;
    private final Clock clock;
    private final RefusalWindow refusals = new RefusalWindow();

    private SigningJournal(AuditedStore audited, Clock clock) {
        this.audited = audited;
        this.clock = clock;
    }

    static SigningJournal open(Path file, String acceptedLoss, Clock clock) {
        return new SigningJournal(
                AuditedStore.open(
                        file, LAYOUT, new Acceptance("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS", acceptedLoss), clock),
                clock);
    }

    static Fsck.Report fsck(Path file) {
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(file)) {
            return AuditedStoreFsck.of(store, file, LAYOUT).run();
        }
    }

    /**
     * What a request is, once it passed everything else.
     *
     * @param sentence of the plan
     * @param approvers names
     */
    record Entry(SigningRequest request, SigningRule rule, String sentence, List<String> approvers) {
        String signingHash() {
            return HexFormat.of().formatHex(request.transaction().signingHash());
        }
    }

    /**
     * Takes nonce and key of a deposit for this transaction, or finds that it is the same one again.
     *
     * @return bytes that were handed out for it before
     * @throws SigningRefused when the nonce, the plan or the deposit's key is taken, or the rule's count is used up
     */
    Optional<String> reserve(Entry entry, Instant now) {
        return audited.store().write(tx -> {
            if (SignedRows.exists(tx, entry.signingHash())) {
                return SignedRows.bytes(tx, entry.signingHash());
            }
            SignedRows.Signed last = SignedRows.last(
                    tx,
                    entry.request().plan().network().chainId(),
                    entry.request().nonce());
            if (last == null) {
                first(tx, entry, now);
            } else {
                replacement(tx, entry, last);
            }
            insert(tx, entry, last, now);
            return Optional.empty();
        });
    }

    private static void first(WriteTx tx, Entry entry, Instant now) throws SQLException {
        String digest = entry.request().plan().digest().text();
        if (entry.request().plan().kind().isReplacement()) {
            throw new SigningRefused(
                    "REPLACED_UNKNOWN", "Nothing was signed with this nonce, so that there is nothing to replace.");
        }
        if (SignedRows.isPlanSigned(tx, digest)) {
            throw new SigningRefused(
                    "PLAN_ALREADY_SIGNED",
                    "The plan was signed with another nonce: send those bytes again, or make a fresh plan.");
        }
        if (entry.request().plan().action() instanceof PlannedAction.Deposit deposit
                && SignedRows.isDeposited(tx, deposit.pubkey())) {
            throw new SigningRefused(
                    "DEPOSIT_ALREADY_SIGNED",
                    "A deposit for this validator was signed before. There is never a second one: if the manager does not"
                            + " know it, its history was rolled back, and a person must reconcile it.");
        }
        SignedRows.requireRate(tx, entry.rule(), now);
    }

    /** The same call at a higher fee, or an empty one in its place; nothing else takes a nonce that is taken. */
    private static void replacement(WriteTx tx, Entry entry, SignedRows.Signed last) throws SQLException {
        SigningRequest request = entry.request();
        String digest = request.plan().digest().text();
        boolean named = switch (request.plan().action()) {
            case PlannedAction.BumpFee bump ->
                bump.nonce() == request.nonce()
                        && bump.replaces().text().equals(last.rootDigest())
                        && last.isSameCall(request.plan());
            case PlannedAction.CancelTransaction cancel ->
                cancel.nonce() == request.nonce() && cancel.replaces().text().equals(last.rootDigest());
            default -> digest.equals(last.planDigest()) && last.isSameCall(request.plan());
        };
        if (!named) {
            throw new SigningRefused(
                    "NONCE_ALREADY_SIGNED",
                    "Another transaction was signed with nonce " + request.nonce()
                            + ": take the next one, or plan a fee-bump or cancel of that transaction.");
        }
        last.requireHigherFees(request.maxFeePerGas(), request.maxPriorityFeePerGas());
    }

    private void insert(WriteTx tx, Entry entry, SignedRows.@Nullable Signed last, Instant now) throws SQLException {
        String hash = entry.signingHash();
        Map<GuardedTable, List<List<String>>> changed = new LinkedHashMap<>();
        SignedRows.insert(tx, entry, hash, last, now);
        changed.put(TRANSACTIONS, List.of(List.of(hash)));
        if (entry.request().plan().action() instanceof PlannedAction.Deposit deposit && last == null) {
            SignedRows.insertDeposit(
                    tx, deposit.pubkey(), hash, entry.request().plan().digest().text());
            changed.put(DEPOSITS, List.of(List.of(deposit.pubkey())));
        }
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("plan", entry.request().plan().digest().text());
        detail.put("kind", entry.request().plan().kind().word());
        detail.put("nonce", Long.toString(entry.request().nonce()));
        detail.put("attempt", last == null ? 0L : last.attempt() + 1);
        detail.put("rule", entry.rule().name());
        detail.put("sentence", entry.sentence());
        detail.put("approvers", String.join(", ", entry.approvers()));
        audited.audit()
                .guardedRows()
                .append(tx, SignerEvents.RESERVED.event(null, TENANT, SUBJECT + hash, null, detail), changed);
    }

    /** Keeps what is handed out. @return what is kept for this transaction: the given bytes, or others that were kept before */
    String complete(String signingHash, String raw) {
        return audited.store().write(tx -> {
            PreparedStatement insert = tx.statement(
                    "INSERT INTO signed_bytes (signing_hash, raw) VALUES (?, ?) ON CONFLICT (signing_hash) DO NOTHING");
            insert.setString(1, signingHash);
            insert.setString(2, raw);
            insert.executeUpdate();
            return SignedRows.bytes(tx, signingHash).orElseThrow();
        });
    }

    /** @throws SigningRefused when this many keys were made in the hour before */
    void requireKeyRate(int perHour, Instant now) {
        long made = audited.store().read(tx -> GeneratedKeyRows.since(tx, now.minusSeconds(3_600)));
        if (made >= perHour) {
            throw new SigningRefused(
                    "KEY_RATE_EXCEEDED",
                    "The signer made " + made + " keys in the last hour, and makes no more than " + perHour
                            + ": repeat the request later.");
        }
    }

    /** One more than the greatest that was ever handed out; 0 for the first. */
    long nextKeyIndex() {
        return audited.store().read(GeneratedKeyRows::nextIndex);
    }

    /** Synced when it returns: only then may the key be handed out. */
    void keyGenerated(long index, String pubkey, EvmAddress vault, EvmAddress beneficiary, Instant now) {
        audited.store().write(tx -> {
            GeneratedKeyRows.insert(tx, index, pubkey, vault, beneficiary, now);
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("index", Long.toString(index));
            detail.put("vault", vault.text());
            detail.put("beneficiary", beneficiary.text());
            audited.audit()
                    .guardedRows()
                    .append(
                            tx,
                            SignerEvents.KEY_GENERATED.event(null, TENANT, "validator:" + pubkey, null, detail),
                            Map.of(KEYS, List.of(List.of(pubkey))));
            return 0;
        });
    }

    /** A warning for good: somebody left a key where it is not used. */
    void localKeyIgnored(String kind) {
        audited.store()
                .write(tx -> audited.audit()
                        .append(
                                tx,
                                SignerEvents.LOCAL_KEY_IGNORED.event(
                                        null, TENANT, null, null, Map.of("backend", kind))));
    }

    /** Leaves a row, as long as the code has one to spare in this minute. */
    void refused(SigningRefused refusal, @Nullable String plan, @Nullable Long nonce) {
        long unrecorded = refusals.take(refusal.code(), clock.instant());
        if (unrecorded < 0) {
            return;
        }
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("code", refusal.code());
        if (!refusal.reason().isEmpty()) {
            detail.put("reason", refusal.reason());
        }
        if (plan != null) {
            detail.put("plan", plan);
        }
        if (nonce != null) {
            detail.put("nonce", Long.toString(nonce));
        }
        if (unrecorded > 0) {
            detail.put("unrecorded", unrecorded);
        }
        audited.store()
                .write(tx -> audited.audit().append(tx, SignerEvents.REFUSED.event(null, TENANT, null, null, detail)));
    }

    /** Whether a deposit was signed whose withdrawal credentials are those of a vault. */
    boolean hasDepositFor(EvmAddress vault) {
        return audited.store().read(tx -> SignedRows.isVaultOfDeposit(tx, vault));
    }

    /** Transactions that were signed, replacements too. */
    long count() {
        return audited.store().read(tx -> {
            try (ResultSet row =
                    tx.statement("SELECT count(*) FROM signed_transactions").executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    /** Position and hash of the newest row of its audit log, for whoever remembers them: {@code 12 HASH}; empty without a row. */
    String head() {
        return audited.store()
                .read(audited.audit()::head)
                .map(head -> head.seq() + " " + head.hash())
                .orElse("");
    }

    @Nullable
    String problem() {
        return audited.problem();
    }

    void onFatal(java.util.function.Consumer<Throwable> listener) {
        audited.store().onFatal(listener);
    }

    @Override
    public void close() {
        audited.close();
    }
}
