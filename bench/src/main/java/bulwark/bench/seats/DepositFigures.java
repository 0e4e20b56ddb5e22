package bulwark.bench.seats;

import bulwark.bench.LoadResult;
import bulwark.bench.MarkdownTable;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.BlsVerifier.SignedRoot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import supranational.blst.BLST_ERROR;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;
import supranational.blst.SecretKey;

/** Signatures of deposits: the child process that verifies them, beside the bare binding with the same checks of both groups. One caller each. */
final class DepositFigures {
    private static final String CIPHERSUITE = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
    private static final int SIGNATURES = 64;
    private static final long NANOS = 1_500_000_000L;

    private DepositFigures() {}

    static void measure(MarkdownTable table) {
        List<SignedRoot> signed = signatures();
        List<LoadResult> bare = new ArrayList<>();
        List<LoadResult> single = new ArrayList<>();
        List<LoadResult> batched = new ArrayList<>();
        try (BlsVerifier verifier = BlsVerifier.ofThisProgram()) {
            for (int round = -1; round < SeatsBench.ROUNDS; round++) {
                LoadResult first = rate(() -> bare(signed));
                LoadResult second = rate(() -> single(verifier, signed));
                LoadResult third = rate(() -> good(verifier.verify(signed)));
                if (round >= 0) {
                    bare.add(first);
                    single.add(second);
                    batched.add(third);
                }
            }
        }
        table.rate("BLS signatures of deposits, bare jblst, one by one", bare, "");
        table.rate("the same through the verifying process, one by one", single, "≥ 0.95 × bare");
        table.rate("the same, 64 in one question", batched, "≥ 1.6 × one by one");
        table.row("one by one / bare, medians", ratio(single, bare), "", "≥ 0.95");
        table.row("64 in one question / one by one, medians", ratio(batched, single), "", "≥ 1.6");
    }

    private static String ratio(List<LoadResult> part, List<LoadResult> whole) {
        return MarkdownTable.text("**%.2f**", median(part) / median(whole));
    }

    private static double median(List<LoadResult> runs) {
        double[] sorted =
                runs.stream().mapToDouble(LoadResult::perSecond).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** @param work says how many signatures it verified */
    private static LoadResult rate(IntSupplier work) {
        long start = System.nanoTime();
        long done = 0;
        while (System.nanoTime() - start < NANOS) {
            int verified = work.getAsInt();
            if (verified != SIGNATURES) {
                throw new IllegalStateException("a good signature was refused");
            }
            done += verified;
        }
        return new LoadResult(done * 1e9 / (System.nanoTime() - start), 0, 0, 0);
    }

    private static int bare(List<SignedRoot> signed) {
        int good = 0;
        for (SignedRoot each : signed) {
            P1_Affine key = new P1_Affine(each.pubkey());
            P2_Affine signature = new P2_Affine(each.signature());
            good += key.in_group()
                            && signature.in_group()
                            && signature.core_verify(key, true, each.root(), CIPHERSUITE, new byte[0])
                                    == BLST_ERROR.BLST_SUCCESS
                    ? 1
                    : 0;
        }
        return good;
    }

    private static int single(BlsVerifier verifier, List<SignedRoot> signed) {
        int good = 0;
        for (SignedRoot each : signed) {
            good += good(verifier.verify(List.of(each)));
        }
        return good;
    }

    private static int good(List<Boolean> verdicts) {
        return (int) verdicts.stream().filter(each -> each).count();
    }

    private static List<SignedRoot> signatures() {
        List<SignedRoot> signed = new ArrayList<>();
        for (int i = 1; i <= SIGNATURES; i++) {
            SecretKey secret = new SecretKey();
            secret.keygen(ByteBuffer.allocate(32).putInt(i).array());
            byte[] root = ByteBuffer.allocate(32).putInt(7 * i).array();
            signed.add(new SignedRoot(
                    new P1(secret).to_affine().compress(),
                    new P2()
                            .hash_to(root, CIPHERSUITE, new byte[0])
                            .sign_with(secret)
                            .to_affine()
                            .compress(),
                    root));
        }
        return signed;
    }
}
