package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate that lets only commits of allowed signers through. */
class CommitSignaturesTest {
    private static final String GATE = SharedMaterial.repository()
            .resolve("scripts/security/verify-commits.sh")
            .toString();

    @TempDir
    Path folder;

    @BeforeEach
    void a_repository_with_a_signed_commit() throws Exception {
        RequiredProgram.onThePath("git");
        RequiredProgram.onThePath("ssh-keygen");
        assertThat(bash("""
                git init -q . && git config user.name a && git config user.email a@example.com && git config gpg.format ssh
                for each in allowed other; do ssh-keygen -q -t ed25519 -N '' -f ./$each; done
                echo "a@example.com $(cat allowed.pub)" > signers
                git config user.signingkey ./allowed && git commit -q -S --allow-empty -m signed
                """).exitCode()).isZero();
    }

    private Shell.Outcome bash(String script) throws Exception {
        return Shell.bash(folder, Map.of("HOME", folder.toString()), Duration.ofMinutes(1), script);
    }

    private Shell.Outcome gate(String arguments) throws Exception {
        return bash("'" + GATE + "' " + arguments);
    }

    @Test
    void commits_of_allowed_signers_pass() throws Exception {
        bash("git commit -q -S --allow-empty -m again");
        Shell.Outcome passed = gate("signers HEAD");
        assertThat(passed.exitCode()).as("%s", passed).isZero();
        assertThat(passed.out().lines()).hasSize(2).allMatch(line -> line.contains("a@example.com"));
    }

    @Test
    void an_unsigned_commit_in_the_range_is_named_and_fails() throws Exception {
        bash("git commit -q --no-gpg-sign --allow-empty -m unsigned && git commit -q -S --allow-empty -m signed");
        Shell.Outcome refused = gate("signers HEAD~2..HEAD");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("is not signed by an allowed signer (a@example.com)");
        assertThat(gate("signers").exitCode()).as("the newest alone").isZero();
    }

    @Test
    void a_commit_signed_by_another_key_fails() throws Exception {
        bash("git config user.signingkey ./other && git commit -q -S --allow-empty -m other");
        assertThat(gate("signers").exitCode()).isEqualTo(1);
    }

    @Test
    void without_signers_or_without_commits_nothing_passes() throws Exception {
        assertThat(bash(": > nobody").exitCode()).isZero();
        assertThat(gate("nobody").err()).contains("no allowed signers");
        assertThat(gate("signers HEAD..HEAD").err()).contains("nothing was verified");
        assertThat(gate("").exitCode()).isEqualTo(2);
    }
}
