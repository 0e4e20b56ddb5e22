package bulwark.acceptance.gateway;

import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What a restricted pod is to a process, made by bubblewrap: a user without rights, no new privileges, everything read-only but one folder, and a /tmp that nothing runs from. */
final class Sandbox {
    static final int USER = 65_532;

    private static final String NAMESPACE =
            "root".equals(System.getProperty("user.name")) ? "--mount" : "--user --map-root-user --mount";

    private Sandbox() {}

    /** Whether this system lets a test make namespaces of its own. Absent: one clear skip line; with {@code CI=true}: a failure. */
    static void require() throws Exception {
        RequiredProgram.onThePath("bwrap");
        Shell.Outcome outcome = Shell.run(
                Path.of("/"),
                Map.of(),
                Duration.ofMinutes(1),
                List.of("bwrap", "--ro-bind", "/", "/", "--tmpfs", "/tmp", "true"));
        if (outcome.exitCode() == 0) {
            return;
        }
        String sentence = "this system makes no namespaces for bwrap ("
                + outcome.err().strip() + "): this test needs them and proves nothing without";
        if ("true".equals(System.getenv("CI"))) {
            Assertions.fail(sentence);
        }
        Assumptions.abort("SKIPPED: " + sentence);
    }

    /**
     * What to run a process under. It sees the program besides, wherever that lies.
     *
     * @param folder that it sees read-only
     * @param state within it, the one folder that it may write to
     * @param scratch an empty folder, which becomes its /tmp
     */
    static String[] command(Path folder, Path state, Path scratch) {
        List<String> command = new ArrayList<>();
        command.add("unshare");
        command.addAll(List.of(NAMESPACE.split(" ")));
        // A bind keeps the flags of what is bound; bwrap's own file systems cannot be told to run nothing.
        command.addAll(List.of(
                "sh",
                "-c",
                "mount -t tmpfs -o noexec,nosuid,nodev tmpfs \"$1\" && shift && exec \"$@\"",
                "sh",
                scratch.toString(),
                "bwrap",
                "--die-with-parent",
                "--unshare-user",
                "--uid",
                Integer.toString(USER),
                "--gid",
                Integer.toString(USER),
                "--cap-drop",
                "ALL",
                "--ro-bind",
                "/",
                "/",
                "--dev",
                "/dev",
                "--bind",
                scratch.toString(),
                "/tmp",
                "--ro-bind",
                SharedMaterial.repository().toString(),
                SharedMaterial.repository().toString(),
                "--ro-bind",
                folder.toString(),
                folder.toString(),
                "--bind",
                state.toString(),
                state.toString()));
        return command.toArray(String[]::new);
    }
}
