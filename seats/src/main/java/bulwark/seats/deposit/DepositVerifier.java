package bulwark.seats.deposit;

import bulwark.seats.deposit.BlsVerifier.SignedRoot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges deposit data of one network: whose it is, and whether its key signed it. Thread-safe. */
public final class DepositVerifier {
    private final ForkVersion network;
    private final BlsVerifier bls;

    public DepositVerifier(ForkVersion network, BlsVerifier bls) {
        this.network = network;
        this.bls = bls;
    }

    /** What a seat says that the deposit must be. Immutable. @param pubkey 48 bytes @param credentials 32 bytes */
    public record Expected(byte[] pubkey, byte[] credentials) {}

    /**
     * Everything that is wrong, empty when nothing is.
     *
     * @param expected null when there is no seat to compare with
     * @throws BlsFailed when signatures cannot be verified now: nothing is known then
     */
    public List<DepositFinding> verify(DepositFile file, @Nullable Expected expected) {
        List<DepositFinding> findings = new ArrayList<>();
        DepositData deposit = file.deposit();
        if (expected != null && !Arrays.equals(expected.pubkey(), deposit.pubkey())) {
            findings.add(DepositFinding.of(DepositFault.PUBKEY_NOT_OF_THE_SEAT));
        }
        if (expected != null && !Arrays.equals(expected.credentials(), deposit.credentials())) {
            findings.add(DepositFinding.of(DepositFault.CREDENTIALS_NOT_OF_THE_SEAT));
        }
        if (!file.forkVersion().equals(network)) {
            findings.add(new DepositFinding(
                    DepositFault.FORK_VERSION_OF_ANOTHER_NETWORK,
                    file.forkVersion().publicNetwork().orElse("an unknown one")));
        }
        if (!isSigned(deposit, network)) {
            findings.add(signedElsewhere(file)
                    .map(name -> new DepositFinding(DepositFault.SIGNATURE_OF_ANOTHER_NETWORK, name))
                    .orElse(DepositFinding.of(DepositFault.SIGNATURE_INVALID)));
        }
        return findings;
    }

    /** Whether the signature of a deposit counts on this network. */
    public boolean isSigned(DepositData deposit) {
        return isSigned(deposit, network);
    }

    private boolean isSigned(DepositData deposit, ForkVersion version) {
        return bls.verify(List.of(signed(deposit, version))).getFirst();
    }

    private Optional<String> signedElsewhere(DepositFile file) {
        List<ForkVersion> versions = new ArrayList<>();
        versions.add(file.forkVersion());
        ForkVersion.ofPublicNetworks().forEach(versions::add);
        List<Boolean> verdicts = bls.verify(versions.stream()
                .map(version -> signed(file.deposit(), version))
                .toList());
        for (int i = 0; i < versions.size(); i++) {
            if (verdicts.get(i) && !versions.get(i).equals(network)) {
                return Optional.of(versions.get(i).publicNetwork().orElse("fork version " + versions.get(i)));
            }
        }
        return Optional.empty();
    }

    private static SignedRoot signed(DepositData deposit, ForkVersion version) {
        return new SignedRoot(deposit.pubkey(), deposit.signature(), deposit.signingRoot(version));
    }
}
