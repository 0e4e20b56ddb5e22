package bulwark.doctor.verify;

import bulwark.doctor.bundle.BundleRefused;
import bulwark.doctor.bundle.DoctorKey;
import bulwark.doctor.bundle.DsseEnvelope;
import bulwark.doctor.bundle.PostureBundle;
import bulwark.doctor.bundle.PosturePolicy;
import bulwark.doctor.bundle.PostureStatement;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.TlogPolicy;
import bulwark.kernel.signing.Signing;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Judges a bundle: nothing of it counts before all of it was verified. Asks nobody; what it believes stands in the policy. Thread-safe.
 */
public final class PostureVerifier {
    private final PosturePolicy policy;
    private final Signing signing;

    public PostureVerifier(PosturePolicy policy, Signing signing) {
        this.policy = policy;
        this.signing = signing;
    }

    /** @param file bytes of a bundle @param now later than which nothing may be @throws BundleRefused with the first fault */
    public VerifiedPosture verify(byte[] file, Instant now) throws BundleRefused {
        PostureBundle bundle = PostureBundle.parse(file);
        DoctorKey doctor = policy.doctor(bundle.keyHint());
        if (doctor == null) {
            throw new BundleRefused("the bundle is signed by a key that is no doctor's of the policy");
        }
        DsseEnvelope envelope = bundle.envelope();
        byte[] publicKey = doctor.key().publicKey();
        if (!signing.verify(publicKey, envelope.signed(), envelope.signature())) {
            throw new BundleRefused("the signature of " + doctor.key().name() + " does not verify");
        }
        if (!envelope.payloadType().equals(PostureStatement.PAYLOAD_TYPE)) {
            throw new BundleRefused("what is signed is no statement of in-toto");
        }
        if (!Arrays.equals(bundle.body(), envelope.leaf(publicKey))
                || !bundle.proof().proves(bundle.body())) {
            throw new BundleRefused("the proof of the log is not about this statement, or does not lead to its tree");
        }
        TlogPolicy.Verdict tree = tree(bundle, doctor);
        PostureStatement statement = PostureStatement.parse(envelope.payload());
        VerifiedPosture verified = new VerifiedPosture(statement, doctor, bundle.proof(), tree);
        requireTimes(verified, now);
        return verified;
    }

    private TlogPolicy.Verdict tree(PostureBundle bundle, DoctorKey doctor) throws BundleRefused {
        try {
            TlogPolicy.Verdict tree =
                    policy.logs().verify(bundle.proof().note(), bundle.proof().checkpoint(), signing);
            int known = tree.logKeys().size() + tree.cosignatures().size();
            if (tree.unknownLines() > 0 || bundle.proof().note().lines().size() != known) {
                throw new BundleRefused("the checkpoint bears a line of a key that is not in the policy, or one twice");
            }
            if (tree.logKeys().stream().noneMatch(key -> Arrays.equals(key.key().longId(), bundle.logId()))) {
                throw new BundleRefused("the bundle names another log than the one that signed its checkpoint");
            }
            if (tree.cosignatures().stream().noneMatch(key -> key.key().equals(doctor.key()))) {
                throw new BundleRefused(
                        "the doctor that signed the statement did not cosign the checkpoint of the log");
            }
            return tree;
        } catch (NoteRefused e) {
            throw new BundleRefused(Objects.requireNonNull(e.getMessage()));
        }
    }

    /** A time is the word of its signer: that of the log is not the doctor's. */
    private static void requireTimes(VerifiedPosture verified, Instant now) throws BundleRefused {
        PostureStatement.Visited visit = verified.statement().visit();
        Stream<Instant> signed = Stream.concat(
                        verified.tree().logKeys().stream(), verified.tree().cosignatures().stream())
                .map(NoteKey.Verified::time)
                .filter(Objects::nonNull);
        for (Instant time : Stream.concat(Stream.of(visit.finished()), signed).toList()) {
            if (!verified.doctor().mayHaveSignedAt(time)) {
                throw new BundleRefused(
                        "the bundle says that it was made at " + time + ", when the policy does not trust the key "
                                + verified.doctor().key());
            }
            if (time.isAfter(now.plus(DoctorKey.CLOCK_TOLERANCE))) {
                throw new BundleRefused("the bundle says that it was made at " + time + ", which is not yet");
            }
        }
        Instant logged = verified.loggedAt();
        if (visit.finished().isBefore(visit.started())
                || logged != null && visit.finished().isAfter(logged.plus(DoctorKey.CLOCK_TOLERANCE))) {
            throw new BundleRefused("the visit ended before it began, or after the log had its statement");
        }
    }
}
