package bulwark.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The neighbours of a chain, which {@code ./bulwark test} brings. Absent: one clear skip line; with {@code CI=true}: a failure. */
public final class ChainPrograms {
    private ChainPrograms() {}

    /** The folder {@code node_modules}. */
    public static Path modules() {
        String elsewhere = System.getenv("CHAIN_TOOLS_HOME");
        Path home =
                elsewhere == null ? SharedMaterial.repository().resolve(".bulwark/tools/chain") : Path.of(elsewhere);
        Path modules = home.resolve("node_modules");
        if (!Files.isDirectory(modules.resolve("solc"))) {
            String sentence =
                    "solc, anvil, forge and ethereumjs are not in .bulwark/tools/chain: this test needs them and"
                            + " proves nothing without (./bulwark test brings them)";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(sentence);
            }
            Assumptions.abort("SKIPPED: " + sentence);
        }
        return modules;
    }

    /** A program of Foundry: anvil or forge. */
    static Path foundry(String name) {
        String machine = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return modules().resolve("@foundry-rs/" + name + "-linux-" + machine + "/bin/" + name);
    }

    public static Path forge() {
        return foundry("forge");
    }
}
