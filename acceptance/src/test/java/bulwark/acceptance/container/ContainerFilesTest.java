package bulwark.acceptance.container;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictYaml;
import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code deploy} says to engines of containers: the document's flags in each of their languages, and a profile that lets through little. */
class ContainerFilesTest {
    private static final Path DEPLOY = SharedMaterial.repository().resolve("deploy");
    private static final int MAX_SYSTEM_CALLS = 110;

    /** What leads out of a container, or into the kernel's newest parts. */
    private static final Set<String> FORBIDDEN = Set.of(
            "ptrace",
            "process_vm_readv",
            "process_vm_writev",
            "mount",
            "umount2",
            "pivot_root",
            "chroot",
            "unshare",
            "setns",
            "clone3",
            "bpf",
            "perf_event_open",
            "keyctl",
            "add_key",
            "request_key",
            "io_uring_setup",
            "userfaultfd",
            "init_module",
            "finit_module",
            "kexec_load",
            "open_by_handle_at",
            "mknod",
            "mknodat",
            "personality",
            "modify_ldt",
            "syslog",
            "reboot",
            "settimeofday",
            "clock_settime");

    private static JsonNode service() throws Exception {
        return StrictYaml.parse(Files.readString(DEPLOY.resolve("compose/docker-compose.yml")), 1 << 16)
                .path("services")
                .path("stigmem-node");
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(each -> each.stringValue(""))
                .toList();
    }

    @Test
    void compose_says_what_the_documents_command_line_says() throws Exception {
        JsonNode service = service();
        List<String> step7 = Files.readAllLines(SharedMaterial.require("seeds/facts-stigmem-hardening-tutorial.txt"));
        assertThat(service.path("user").stringValue("")).isEqualTo("65532:65532");
        assertThat(service.path("read_only").booleanValue()).isTrue();
        assertThat(texts(service.path("cap_drop"))).containsExactly("ALL");
        assertThat(texts(service.path("security_opt")))
                .containsExactly("no-new-privileges", "seccomp=../seccomp/stigmem-node.json");
        for (String mount : texts(service.path("tmpfs"))) {
            assertThat(step7).contains("--tmpfs " + mount + " \\");
        }
        assertThat(texts(service.path("tmpfs"))).hasSize(2);
        assertThat(step7)
                .contains("--user 65532:65532 \\", "--read-only \\", "--cap-drop ALL \\")
                .contains("--security-opt no-new-privileges \\", "-v stigmem-data:/data \\");
        assertThat(texts(service.path("volumes"))).containsExactly("stigmem-data:/data");
        assertThat(service.path("healthcheck").path("test").path(1).stringValue(""))
                .isEqualTo("/usr/bin/stigmem");
        assertThat(service.has("privileged") || service.has("cap_add") || service.has("devices"))
                .isFalse();
        for (String port : texts(service.path("ports"))) {
            assertThat(port)
                    .as("plaintext is published on loopback alone")
                    .matches("127\\.0\\.0\\.1:8000:8000|8765:8765");
        }
    }

    /** One that takes the same file, written for systemd. */
    @Test
    void quadlet_says_the_same() throws Exception {
        List<String> unit = Files.readAllLines(DEPLOY.resolve("quadlet/stigmem-node.container"));
        assertThat(unit)
                .contains("User=65532", "Group=65532", "ReadOnly=true", "DropCapability=all", "NoNewPrivileges=true")
                .contains("SeccompProfile=/etc/bulwark/seccomp/stigmem-node.json", "Volume=stigmem-data:/data");
        String arguments = String.join("\n", unit);
        for (String mount : texts(service().path("tmpfs"))) {
            assertThat(arguments).contains("--tmpfs=" + mount);
        }
        assertThat(arguments)
                .contains("--memory=" + service().path("mem_limit").stringValue(""))
                .contains("--pids-limit=" + service().path("pids_limit").intValue())
                .contains("--health-cmd=\"/usr/bin/stigmem health\"");
    }

    @Test
    void the_profile_lets_through_few_calls_and_none_that_lead_out() throws Exception {
        JsonNode profile = StrictJson.parse(Files.readAllBytes(DEPLOY.resolve("seccomp/stigmem-node.json")));
        assertThat(profile.path("defaultAction").stringValue("")).isEqualTo("SCMP_ACT_ERRNO");
        assertThat(profile.path("defaultErrnoRet").intValue()).as("EPERM").isEqualTo(1);
        Set<String> allowed = new TreeSet<>();
        for (JsonNode rule : profile.path("syscalls")) {
            String action = rule.path("action").stringValue("");
            List<String> names = texts(rule.path("names"));
            assertThat(names).doesNotHaveDuplicates();
            if (action.equals("SCMP_ACT_ALLOW")) {
                allowed.addAll(names);
                if (names.contains("socket") || names.contains("clone") || names.contains("ioctl")) {
                    assertThat(names).hasSize(1);
                    assertThat(rule.path("args").isEmpty())
                            .as("%s without a look at its arguments", names)
                            .isFalse();
                }
            } else {
                assertThat(action).isEqualTo("SCMP_ACT_ERRNO");
            }
        }
        assertThat(allowed).hasSizeBetween(60, MAX_SYSTEM_CALLS).doesNotContainAnyElementsOf(FORBIDDEN);
    }
}
