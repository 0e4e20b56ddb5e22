package bulwark.seats.signer;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.Plan;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of the signer's journal. */
final class SignedRows {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);

    private SignedRows() {}

    /** The newest transaction of a nonce. @param rootDigest of the plan that took the nonce */
    record Signed(
            long attempt,
            String planDigest,
            String rootDigest,
            String target,
            String value,
            String calldata,
            BigInteger maxFee,
            BigInteger maxPriorityFee) {
        boolean isSameCall(Plan plan) {
            return plan.target().text().equals(target)
                    && plan.value().toString().equals(value)
                    && plan.calldata().equals(calldata);
        }

        /** Nodes take a replacement from an eighth more on. */
        void requireHigherFees(BigInteger fee, BigInteger tip) {
            if (isBelow(fee, maxFee) || isBelow(tip, maxPriorityFee)) {
                throw new SigningRefused(
                        "REPLACEMENT_UNDERPRICED",
                        "A replacement pays at least an eighth more: from " + maxFee + " and " + maxPriorityFee
                                + " wei on.");
            }
        }

        private static boolean isBelow(BigInteger given, BigInteger before) {
            return given.multiply(BigInteger.valueOf(8)).compareTo(before.multiply(BigInteger.valueOf(9))) < 0;
        }
    }

    static boolean exists(ReadTx tx, String signingHash) throws SQLException {
        return has(tx, "SELECT 1 FROM signed_transactions WHERE signing_hash = ?", signingHash);
    }

    static boolean isPlanSigned(ReadTx tx, String digest) throws SQLException {
        return has(tx, "SELECT 1 FROM signed_transactions WHERE plan_digest = ?", digest);
    }

    static boolean isDeposited(ReadTx tx, String pubkey) throws SQLException {
        return has(tx, "SELECT 1 FROM signed_deposits WHERE pubkey = ?", pubkey);
    }

    /** The credentials stand whole in the calldata of a deposit, which the signer compared with the vault before it signed. */
    static boolean isVaultOfDeposit(ReadTx tx, EvmAddress vault) throws SQLException {
        return has(
                tx,
                "SELECT 1 FROM signed_transactions t JOIN signed_deposits d ON d.signing_hash = t.signing_hash"
                        + " WHERE instr(t.calldata, ?) > 0 LIMIT 1",
                "01" + "00".repeat(11) + vault.text().substring(2));
    }

    private static boolean has(ReadTx tx, String query, String value) throws SQLException {
        PreparedStatement select = tx.statement(query);
        select.setString(1, value);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    static Optional<String> bytes(ReadTx tx, String signingHash) throws SQLException {
        PreparedStatement select = tx.statement("SELECT raw FROM signed_bytes WHERE signing_hash = ?");
        select.setString(1, signingHash);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    static @Nullable Signed last(ReadTx tx, long chain, long nonce) throws SQLException {
        PreparedStatement select = tx.statement("SELECT attempt, plan_digest, root_digest, target, value, calldata,"
                + " max_fee, max_priority_fee FROM signed_transactions WHERE chain_id = ? AND nonce = ? ORDER BY attempt"
                + " DESC LIMIT 1");
        select.setLong(1, chain);
        select.setLong(2, nonce);
        try (ResultSet row = select.executeQuery()) {
            return !row.next()
                    ? null
                    : new Signed(
                            row.getLong(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6),
                            new BigInteger(row.getString(7)),
                            new BigInteger(row.getString(8)));
        }
    }

    /** @throws SigningRefused when the rule's hour or day is full, and when the clock is behind what was signed */
    static void requireRate(ReadTx tx, SigningRule rule, Instant now) throws SQLException {
        try (ResultSet row = tx.statement("SELECT coalesce(max(signed_at), 0) FROM signed_transactions")
                .executeQuery()) {
            row.next();
            if (row.getLong(1) > now.plus(CLOCK_TOLERANCE).toEpochMilli()) {
                throw new SigningRefused(
                        "CLOCK_WENT_BACK", "The clock is behind what was signed already: set it right.");
            }
        }
        requireBelow(tx, rule, rule.perHour(), now.minus(HOUR), "hour");
        requireBelow(tx, rule, rule.perDay(), now.minus(DAY), "day");
    }

    private static void requireBelow(ReadTx tx, SigningRule rule, int bound, Instant since, String window)
            throws SQLException {
        if (bound == 0) {
            return;
        }
        PreparedStatement select = tx.statement(
                "SELECT count(*) FROM signed_transactions WHERE rule = ? AND attempt = 0 AND signed_at > ?");
        select.setString(1, rule.name());
        select.setLong(2, since.toEpochMilli());
        try (ResultSet row = select.executeQuery()) {
            row.next();
            if (row.getLong(1) >= bound) {
                throw new SigningRefused(
                        "RATE_EXCEEDED",
                        "The rule " + rule.name() + " signs " + bound + " transactions in any " + window
                                + ", and those are used up: wait.");
            }
        }
    }

    static void insert(WriteTx tx, SigningJournal.Entry entry, String hash, @Nullable Signed last, Instant now)
            throws SQLException {
        SigningRequest request = entry.request();
        Plan plan = request.plan();
        String digest = plan.digest().text();
        PreparedStatement insert =
                tx.statement("INSERT INTO signed_transactions (chain_id, nonce, attempt, signing_hash,"
                        + " plan_digest, root_digest, kind, rule, target, value, calldata, max_fee, max_priority_fee, signed_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setLong(1, plan.network().chainId());
        insert.setLong(2, request.nonce());
        insert.setLong(3, last == null ? 0 : last.attempt() + 1);
        insert.setString(4, hash);
        insert.setString(5, digest);
        insert.setString(6, last == null ? digest : last.rootDigest());
        insert.setString(7, plan.kind().word());
        insert.setString(8, entry.rule().name());
        insert.setString(9, plan.target().text());
        insert.setString(10, plan.value().toString());
        insert.setString(11, plan.calldata());
        insert.setString(12, request.maxFeePerGas().toString());
        insert.setString(13, request.maxPriorityFeePerGas().toString());
        insert.setLong(14, now.toEpochMilli());
        insert.executeUpdate();
    }

    static void insertDeposit(WriteTx tx, String pubkey, String hash, String digest) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT INTO signed_deposits (pubkey, signing_hash, plan_digest) VALUES (?, ?, ?)");
        insert.setString(1, pubkey);
        insert.setString(2, hash);
        insert.setString(3, digest);
        insert.executeUpdate();
    }
}
