package bulwark.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The verifier of Sigstore bundles that {@code ./bulwark test} brings. Absent: one clear skip line; with {@code CI=true}: a failure. */
public final class SigstoreProgram {
    private SigstoreProgram() {}

    private static Path modules() {
        String elsewhere = System.getenv("SIGSTORE_TOOLS_HOME");
        Path home =
                elsewhere == null ? SharedMaterial.repository().resolve(".bulwark/tools/sigstore") : Path.of(elsewhere);
        Path modules = home.resolve("node_modules");
        if (!Files.isDirectory(modules.resolve("@sigstore/verify"))) {
            String sentence =
                    "@sigstore/verify is not in .bulwark/tools/sigstore: this test needs it and proves nothing"
                            + " without (./bulwark test brings it)";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(sentence);
            }
            Assumptions.abort("SKIPPED: " + sentence);
        }
        return modules;
    }

    /**
     * Asks it about bundles.
     *
     * @param script that reads the trust file and the bundles, and prints a line for each
     * @param trust a trusted root and public keys
     * @return a verdict for each: {@code accepted}, or {@code refused} and why
     */
    public static List<String> verdicts(Path folder, Path script, byte[] trust, List<byte[]> bundles)
            throws IOException, InterruptedException {
        Path modules = modules();
        RequiredProgram.onThePath("node");
        Path trustFile = Files.write(folder.resolve("trust.json"), trust);
        List<String> lines =
                bundles.stream().map(Base64.getEncoder()::encodeToString).toList();
        Path bundleFile = Files.write(folder.resolve("bundles"), lines, StandardCharsets.US_ASCII);
        Shell.Outcome outcome = Shell.run(
                folder,
                Map.of("NODE_PATH", modules.toString()),
                Duration.ofMinutes(2),
                List.of("node", script.toString(), trustFile.toString(), bundleFile.toString()));
        if (outcome.exitCode() != 0) {
            throw new AssertionError("node failed: " + outcome.out() + outcome.err());
        }
        return outcome.out().lines().toList();
    }
}
