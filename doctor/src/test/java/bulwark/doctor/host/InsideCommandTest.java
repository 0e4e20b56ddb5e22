package bulwark.doctor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.doctor.client.ProbeClient;
import bulwark.doctor.memory.TargetMemory;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Verdict;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.target.Target;
import bulwark.testkit.RequiredProgram;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is run inside of a container, before one that keeps its promises and before prefixes that do not. */
@Timeout(60)
class InsideCommandTest {
    private static final List<String> CLOSED = List.of(
            "bwrap", "--unshare-user", "--uid", "65532", "--gid", "65532", "--ro-bind", "/", "/", "--proc", "/proc");

    @TempDir
    Path folder;

    private Observed observe(Probe probe, List<String> exec) throws Exception {
        Target target = new Target("one", Optional.empty(), Map.of(), exec, Map.of());
        try (TargetMemory memory = TargetMemory.open(folder, "one");
                ProbeClient client = new ProbeClient(target, "visit")) {
            return probe.observe(new Visit(target, client, memory, Clock.systemUTC()));
        }
    }

    @Test
    void a_container_of_its_own_user_with_a_closed_root_folder_passes() throws Exception {
        RequiredProgram.onThePath("bwrap");
        Observed user = observe(new InsideUserProbe(), CLOSED);
        assertThat(user.verdict()).as(user.seen()).isEqualTo(Verdict.PASS);
        assertThat(user.seen()).contains("uid=65532");
        Observed root = observe(new InsideRootFolderProbe(), CLOSED);
        assertThat(root.verdict()).as(root.seen()).isEqualTo(Verdict.PASS);
        assertThat(root.seen()).contains("Read-only file system");
    }

    @Test
    void a_runtime_that_is_not_there_or_lies_is_no_pass() {
        assertThatThrownBy(() -> observe(new InsideUserProbe(), List.of())).isInstanceOf(ProbeNotApplicable.class);
        for (String script : List.of("exit 0", "exit 1", "exit 125", "exit 127", "echo hello; exit 0")) {
            List<String> exec = new ArrayList<>(List.of("sh", "-c", script));
            assertThatThrownBy(() -> observe(new InsideUserProbe(), exec))
                    .as(script)
                    .isInstanceOf(Exception.class);
        }
        assertThatThrownBy(() -> observe(new InsideRootFolderProbe(), List.of("/no/such/runtime")))
                .isInstanceOf(java.io.IOException.class);
        assertThatThrownBy(() -> observe(new InsideRootFolderProbe(), List.of("sh", "-c", "exit 127")))
                .hasMessageContaining("cannot be run inside");
    }
}
