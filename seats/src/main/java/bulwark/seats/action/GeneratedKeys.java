package bulwark.seats.action;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.BlsFailed;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.DepositFileRefused;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.plan.VaultParameters;
import bulwark.seats.route.Call;
import bulwark.seats.seat.DepositDataRegister;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatEvents;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SigningRefused;
import bulwark.seats.signer.ValidatorKeyRequest;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Keys of validators as the signer makes them: a public key, an encrypted file that this process cannot open, and a deposit that is verified here once more. Thread-safe. */
public final class GeneratedKeys {
    private final SeatStore store;
    private final SignerClient signer;
    private final ForkVersion network;
    private final BlsVerifier bls;
    private final Clock clock;

    public GeneratedKeys(SeatStore store, SignerClient signer, ForkVersion network, BlsVerifier bls, Clock clock) {
        this.store = store;
        this.signer = signer;
        this.network = network;
        this.bls = bls;
        this.clock = clock;
    }

    /**
     * What the signer handed out. Immutable.
     *
     * @param pubkey 0x and 96 digits
     * @param keystore EIP-2335
     */
    record Generated(String pubkey, String vault, long index, DepositFile deposit, JsonNode keystore) {}

    /** @throws ApiRefusal 503 with the signer's own sentence */
    Generated generate(VaultParameters parameters) {
        try {
            JsonNode answer = signer.generate(new ValidatorKeyRequest(parameters));
            return new Generated(
                    answer.path("pubkey").asString(""),
                    answer.path("vault").asString(""),
                    Long.parseLong(answer.path("index").asString("")),
                    DepositFile.parse(StrictJson.write(List.of(answer.path("depositData")))),
                    answer.path("keystore"));
        } catch (SigningRefused e) {
            throw new ApiRefusal(Kind.UNAVAILABLE, e.code().toLowerCase(Locale.ROOT), e.sentence());
        } catch (DepositFileRefused | NumberFormatException e) {
            throw differs("answered in another form");
        }
    }

    /** The signer derives the vault by itself, and so does this service: where they differ, one of them is set up for another network. */
    void require(Generated generated, VaultActions.NewVault made) {
        if (!generated.vault().equals(made.action().vault().text())) {
            throw differs("derives the vault " + generated.vault() + ", and this service "
                    + made.action().vault().text());
        }
        DepositVerifier.Expected expected =
                new DepositVerifier.Expected(HexText.bytes(generated.pubkey()), HexText.bytes(made.credentials()));
        try {
            new DepositVerifier(network, bls)
                    .verify(generated.deposit(), expected).stream().findFirst().ifPresent(finding -> {
                        throw differs("signed a deposit of which: " + finding.sentence());
                    });
        } catch (BlsFailed failed) {
            throw new ApiRefusal(Kind.UNAVAILABLE, "bls_unavailable", String.valueOf(failed.getMessage()));
        }
    }

    private static ApiRefusal differs(String what) {
        return new ApiRefusal(
                Kind.UNAVAILABLE,
                "signer_differs",
                "The signer " + what + ": compare its policy, vault code and fork version with the network file.");
    }

    void keep(WriteTx tx, Call call, Seat seat, Generated generated) throws SQLException {
        Instant now = clock.instant();
        DepositDataRegister.put(tx, seat.id(), generated.deposit(), now);
        PreparedStatement insert = tx.statement(
                "INSERT INTO seat_bls_material (seat_id, key_index, keystore_json, created_at) VALUES (?, ?, ?, ?)");
        insert.setLong(1, seat.id());
        insert.setLong(2, generated.index());
        insert.setString(3, StrictJson.text(generated.keystore()));
        insert.setString(4, Timestamps.zulu(now));
        insert.executeUpdate();
        Map<String, Object> detail = Map.of("index", Long.toString(generated.index()), "pubkey", generated.pubkey());
        store.audited().audit().append(tx, call.event(SeatEvents.KEY_GENERATED, "seat:" + seat.id(), detail));
    }
}
