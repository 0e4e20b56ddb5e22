package bulwark.seats.precondition;

import bulwark.seats.chain.FirstDeposit;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.BlsFailed;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.plan.PlannedAction;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.util.Map;

/**
 * Whose a public key is, before the seat's principal follows it: every deposit of the key since the gate stands, with its signature verified, and what the consensus
 * layer knows. Thread-safe.
 */
public final class KeyStanding {
    private final BlsVerifier bls;
    private final ValidatorLookup validators;

    public KeyStanding(BlsVerifier bls, ValidatorLookup validators) {
        this.bls = bls;
        this.validators = validators;
    }

    /** What it means for the seat. */
    public sealed interface Verdict {
        /** Nobody deposited for the key. @param consensus what was asked there, for people */
        record Free(String consensus) implements Verdict {}

        /** The principal would go to somebody else, or twice. @param code stable @param foreign whether the credentials are not the seat's */
        record Taken(String code, String sentence, boolean foreign) implements Verdict {}
    }

    /**
     * Looks at what commits the principal, whoever planned it: the intent and the deposit ask for a free key, the deposit for a signature that counts on this network too, for the contract takes one that
     * does not and the principal is lost.
     *
     * @throws ApiRefusal 409 when the key is taken, 422 when the signature does not count, 503 when it cannot be known
     */
    public void require(ChainSnapshot look, PlannedAction action) {
        switch (action) {
            case PlannedAction.Approve approve -> requireFree(look, approve.pubkey(), approve.withdrawalCredentials());
            case PlannedAction.Deposit deposit -> {
                requireSigned(look, deposit);
                requireFree(look, deposit.pubkey(), deposit.withdrawalCredentials());
            }
            default -> {}
        }
    }

    private void requireFree(ChainSnapshot look, String pubkey, String credentials) {
        if (of(look, HexText.bytes(pubkey), HexText.bytes(credentials)) instanceof Verdict.Taken taken) {
            throw new ApiRefusal(Kind.CONFLICT, taken.code(), taken.sentence());
        }
    }

    private void requireSigned(ChainSnapshot look, PlannedAction.Deposit deposit) {
        DepositData data = new DepositData(
                HexText.bytes(deposit.pubkey()),
                HexText.bytes(deposit.withdrawalCredentials()),
                deposit.amountGwei(),
                HexText.bytes(deposit.signature()));
        try {
            if (!new DepositVerifier(look.network().genesisForkVersion(), bls).isSigned(data)) {
                throw new ApiRefusal(
                        Kind.INVALID,
                        "deposit_signature_invalid",
                        "The signature of the deposit is not that of its key on this network: the principal would be"
                                + " lost.");
            }
        } catch (BlsFailed failed) {
            throw new ApiRefusal(Kind.UNAVAILABLE, "bls_unavailable", String.valueOf(failed.getMessage()));
        }
    }

    /** @param pubkey 48 bytes @param credentials 32 bytes, of the seat @throws ApiRefusal 503 when it cannot be known */
    public Verdict of(ChainSnapshot look, byte[] pubkey, byte[] credentials) {
        try {
            DepositVerifier verifier = new DepositVerifier(look.network().genesisForkVersion(), bls);
            return switch (FirstDeposit.of(look.deposits(), pubkey, credentials, verifier)) {
                case FirstDeposit.Standing.None _ -> onConsensusLayer(pubkey, credentials);
                case FirstDeposit.Standing.Ours ours ->
                    taken(
                            false,
                            "deposit " + ours.event().index() + " of the chain is of this key and these credentials");
                case FirstDeposit.Standing.Foreign foreign ->
                    taken(
                            true,
                            "deposit " + foreign.event().index() + " of the chain is of this key with credentials "
                                    + HexText.of(foreign.event().deposit().credentials()));
                case FirstDeposit.Standing.Unsigned unsigned ->
                    new Verdict.Taken(
                            "pubkey_deposit_unsigned",
                            "Deposit " + unsigned.event().index()
                                    + " of the chain is of this key and its signature does"
                                    + " not count: it made no validator, and a person must find out who made it.",
                            false);
            };
        } catch (BlsFailed failed) {
            throw new ApiRefusal(Kind.UNAVAILABLE, "bls_unavailable", String.valueOf(failed.getMessage()));
        }
    }

    private static Verdict taken(boolean foreign, String why) {
        return new Verdict.Taken(
                "pubkey_already_deposited",
                "The public key has a deposit: " + why
                        + (foreign ? ". What is deposited now would go to its owner." : ". It is not made twice."),
                foreign);
    }

    private Verdict onConsensusLayer(byte[] pubkey, byte[] credentials) {
        return switch (validators.find(pubkey)) {
            case ValidatorLookup.Answer.NotAsked not -> new Verdict.Free("not asked: " + not.reason());
            case ValidatorLookup.Answer.Unknown _ -> new Verdict.Free("asked: no validator and no pending deposit");
            case ValidatorLookup.Answer.Known known ->
                taken(
                        !known.credentials().equals(HexText.of(credentials)),
                        "the consensus layer has it as " + known.status().orElse("a pending deposit")
                                + " with credentials " + known.credentials());
            case ValidatorLookup.Answer.Failed failed ->
                throw new ApiRefusal(
                        Kind.UNAVAILABLE,
                        "preflight_failed",
                        "The consensus clients do not say whose the key is (" + failed.label() + ": "
                                + failed.sentence() + ").",
                        Map.of());
        };
    }
}
