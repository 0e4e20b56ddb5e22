package bulwark.seats.send;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.send.TransactionIntent.Account;
import bulwark.seats.send.TransactionIntent.Block;
import bulwark.seats.send.TransactionIntent.Fees;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of {@code tx_intents}, each with the plan of its operation, and of the steps that they took. */
final class IntentRows {
    private static final String COLUMNS = "SELECT i.id, i.operation_id, o.plan, o.approvals, i.nonce, i.attempt,"
            + " i.root_digest, i.gas_limit, i.max_fee, i.max_priority_fee, i.raw_tx, i.tx_hash, i.status, i.evidence,"
            + " i.block_number, i.block_hash, i.succeeded, o.actor, o.request_id FROM tx_intents i JOIN operations o ON"
            + " o.id = i.operation_id ";
    private static final String OPEN = "('RESERVED', 'SIGNED', 'RECORDED', 'SENT', 'MINED')";

    private IntentRows() {}

    static Optional<TransactionIntent> byId(ReadTx tx, String id) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE i.id = ?");
        select.setString(1, id);
        return rows(select).stream().findFirst();
    }

    /** Of an operation, newest first. */
    static List<TransactionIntent> ofOperation(ReadTx tx, String operation) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE i.operation_id = ? ORDER BY i.created_at DESC, i.id");
        select.setString(1, operation);
        return rows(select);
    }

    /** What can still be mined or dropped, in the order of nonces. */
    static List<TransactionIntent> open(ReadTx tx, Account account) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE i.chain_id = ? AND i.signer = ? AND i.status IN "
                + OPEN + " ORDER BY i.nonce, i.attempt");
        select.setLong(1, account.chainId());
        select.setString(2, account.address().text());
        return rows(select);
    }

    /** Every attempt of a nonce, oldest first. */
    static List<TransactionIntent> ofNonce(ReadTx tx, Account account, long nonce) throws SQLException {
        PreparedStatement select =
                tx.statement(COLUMNS + "WHERE i.chain_id = ? AND i.signer = ? AND i.nonce = ? ORDER BY i.attempt");
        select.setLong(1, account.chainId());
        select.setString(2, account.address().text());
        select.setLong(3, nonce);
        return rows(select);
    }

    static void insert(WriteTx tx, TransactionIntent intent, String now) throws SQLException {
        Plan plan = intent.plan();
        PreparedStatement insert = tx.statement("INSERT INTO tx_intents (id, operation_id, chain_id, signer, nonce,"
                + " attempt, root_digest, to_addr, value_wei, calldata, gas_limit, max_fee, max_priority_fee, status,"
                + " live, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'RESERVED', 1, ?, ?)");
        insert.setString(1, intent.id());
        insert.setString(2, intent.operationId());
        insert.setLong(3, plan.network().chainId());
        insert.setString(4, plan.treasury().text());
        insert.setLong(5, intent.nonce());
        insert.setLong(6, intent.attempt());
        insert.setString(7, intent.root().text());
        insert.setString(8, plan.target().text());
        insert.setString(9, plan.value().toString());
        insert.setString(10, plan.calldata());
        insert.setLong(11, intent.fees().gasLimit());
        insert.setString(12, intent.fees().maxFee().toString());
        insert.setString(13, intent.fees().maxPriorityFee().toString());
        insert.setString(14, now);
        insert.setString(15, now);
        insert.executeUpdate();
        step(tx, intent.id(), IntentStatus.RESERVED, "", now);
    }

    /** Only the newest attempt of a nonce is live; the others are followed until the nonce is used. */
    static void setLive(WriteTx tx, String id, boolean live) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE tx_intents SET live = ? WHERE id = ?");
        update.setLong(1, live ? 1 : 0);
        update.setString(2, id);
        update.executeUpdate();
    }

    /** @return whether it was in that status: another process may have been faster */
    static boolean move(WriteTx tx, TransactionIntent intent, IntentStatus to, String detail, String now)
            throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE tx_intents SET status = ?, live = ?, updated_at = ? WHERE id = ? AND status = ?");
        update.setString(1, to.name());
        update.setLong(2, to.isOpen() ? live(tx, intent.id()) : 0);
        update.setString(3, now);
        update.setString(4, intent.id());
        update.setString(5, intent.status().name());
        boolean moved = update.executeUpdate() == 1;
        if (moved) {
            step(tx, intent.id(), to, detail, now);
        }
        return moved;
    }

    private static long live(ReadTx tx, String id) throws SQLException {
        PreparedStatement select = tx.statement("SELECT live FROM tx_intents WHERE id = ?");
        select.setString(1, id);
        try (ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    static void setBytes(WriteTx tx, String id, String raw, String hash) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE tx_intents SET raw_tx = ?, tx_hash = ? WHERE id = ? AND raw_tx IS NULL");
        update.setString(1, raw);
        update.setString(2, hash);
        update.setString(3, id);
        update.executeUpdate();
    }

    static void setEvidence(WriteTx tx, String id, String hash) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE tx_intents SET evidence = ? WHERE id = ?");
        update.setString(1, hash);
        update.setString(2, id);
        update.executeUpdate();
    }

    /** @param block null when it fell out of its block */
    static void setBlock(WriteTx tx, String id, @Nullable Block block) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE tx_intents SET block_number = ?, block_hash = ?, succeeded = ? WHERE id = ?");
        update.setObject(1, block == null ? null : block.number());
        update.setString(2, block == null ? null : block.hash());
        update.setObject(3, block == null ? null : block.succeeded() ? 1L : 0L);
        update.setString(4, id);
        update.executeUpdate();
    }

    private static void step(WriteTx tx, String intent, IntentStatus status, String detail, String now)
            throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO tx_steps (intent_id, number, status, detail, at) VALUES"
                + " (?, (SELECT coalesce(max(number), 0) + 1 FROM tx_steps WHERE intent_id = ?), ?, ?, ?)");
        insert.setString(1, intent);
        insert.setString(2, intent);
        insert.setString(3, status.name());
        insert.setString(4, detail);
        insert.setString(5, now);
        insert.executeUpdate();
    }

    private static List<TransactionIntent> rows(PreparedStatement select) throws SQLException {
        List<TransactionIntent> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(row(row));
            }
        }
        return rows;
    }

    private static TransactionIntent row(ResultSet row) throws SQLException {
        String blockHash = row.getString(16);
        Block block = blockHash == null ? null : new Block(row.getLong(15), blockHash, row.getLong(17) == 1);
        return new TransactionIntent(
                row.getString(1),
                row.getString(2),
                PlanReader.read(row.getString(3).getBytes(StandardCharsets.UTF_8)),
                OperationRows.approvals(row.getString(4)),
                row.getLong(5),
                row.getLong(6),
                new PlanDigest(row.getString(7)),
                new Fees(row.getLong(8), new BigInteger(row.getString(9)), new BigInteger(row.getString(10))),
                row.getString(11),
                row.getString(12),
                IntentStatus.valueOf(row.getString(13)),
                row.getString(14),
                block,
                row.getString(18),
                row.getString(19));
    }
}
