package bulwark.seats.seat;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.VaultParameters;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The rows of {@code seat_vaults}: what the vault of a seat is made with. */
public final class SeatVaultTable {
    private SeatVaultTable() {}

    public static void insert(WriteTx tx, long seat, VaultParameters parameters) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT INTO seat_vaults (seat_id, claim_delay_seconds, max_claim_wei) VALUES (?, ?, ?)");
        insert.setLong(1, seat);
        insert.setLong(2, parameters.claimDelaySeconds());
        insert.setString(3, parameters.maxClaimPerPeriodWei().toString());
        insert.executeUpdate();
    }

    /** Empty for a seat whose vault was made elsewhere. */
    public static Optional<VaultParameters> find(ReadTx tx, Seat seat) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT claim_delay_seconds, max_claim_wei FROM seat_vaults WHERE seat_id = ?");
        select.setLong(1, seat.id());
        try (ResultSet row = select.executeQuery()) {
            return row.next() && seat.beneficiary() != null
                    ? Optional.of(new VaultParameters(
                            new EvmAddress(seat.beneficiary()), row.getLong(1), new BigInteger(row.getString(2))))
                    : Optional.empty();
        }
    }
}
