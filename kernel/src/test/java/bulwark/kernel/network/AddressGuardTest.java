package bulwark.kernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
    private static final AddressPolicy STRICT = policy(List.of(), Set.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:8080/secret",
                "http://localhost:8080",
                "http://127.0.0.1/",
                "http://10.0.0.1",
                "http://10.255.255.255:9200",
                "http://172.16.0.1",
                "http://172.31.255.255",
                "http://192.168.0.1",
                "http://192.168.255.255",
                "http://169.254.169.254/latest/meta-data/",
                "http://169.254.169.254/metadata/instance",
                "http://[::1]:8080/",
                "http://[fd00::1]/",
                "http://[fdff:ffff::1]/",
                "http://[fc00::1]/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://0X7F.1/",
                "http://127.1/",
                "http://127.0.1/",
                "http://0/",
                "http://0.0.0.0/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:7f00:1]/",
                "http://[::ffff:a9fe:a9fe]/",
                "http://[::ffff:10.0.0.1]/",
                "http://[0:0:0:0:0:0:0:1]/",
                "http://[::]/",
                "http://[::127.0.0.1]/",
                "http://[fe80::1]/",
                "http://[64:ff9b::7f00:1]/",
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://[64:ff9b:1::808:808]/",
                "http://[2002:7f00:1::]/",
                "http://[2001:0:1::80ff:fffe]/",
                "http://LOCALHOST/",
                "http://localhost./",
                "http://app.localhost/",
                "http://localhost.localdomain/",
                "http://printer.local/",
                "http://db.internal/",
                "http://router.home.arpa/",
                "http://%31%32%37.0.0.1/",
                "http://127%2e0%2e0%2e1/",
                "http://%6c%6fcalhost/",
                "http://127\u30020\u30020\u30021/",
                "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
                "http://\u24dbocalhost/",
                "http://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/",
                "http://100.64.0.1",
                "http://100.100.100.200",
                "http://192.0.0.192",
                "http://168.63.129.16",
                "http://198.18.0.1",
                "http://224.0.0.1",
                "http://255.255.255.255",
                "http://240.0.0.1",
                "http://metadata.google.internal/",
                "http://metadata/",
                "http://metadata.goog/",
                "http://[fd00:ec2::254]/",
                "http://[ff02::1]/",
                "http://[fec0::1]/",
                "http://[2001:db8::1]/",
                "http://[3fff::1]/",
                "http://[5f00::1]/",
                "http://[4000::1]/"
            })
    void what_leads_inside_is_blocked(String url) throws TargetRefused {
        assertThat(decide(STRICT, url)).isInstanceOf(GuardDecision.Blocked.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://93.184.216.34/get",
                "https://httpbin.org/get",
                "https://api.example.com/v1/data",
                "http://51.83.45.13",
                "http://172.15.255.255",
                "http://172.32.0.1",
                "http://11.0.0.1",
                "http://9.255.255.255",
                "http://[2606:4700::1111]/",
                "http://[64:ff9b::808:808]/",
                "http://[::ffff:8.8.8.8]/",
                "http://[2002:808:808::]/",
                "http://134744072/",
                "http://b\u00fccher.example/"
            })
    void what_is_public_is_allowed(String url) throws TargetRefused {
        assertThat(decide(STRICT, url)).isInstanceOf(GuardDecision.Allowed.class);
    }

    @Test
    void one_internal_answer_among_public_ones_blocks_the_name() throws TargetRefused {
        AddressGuard guard = new AddressGuard(name -> List.of(address("93.184.216.34"), address("10.0.0.5")), STRICT);

        assertThat(guard.decide(TargetUrl.parse("https://mixed.example")))
                .isEqualTo(
                        new GuardDecision.Blocked(
                                "internal_address",
                                "The host mixed.example has the address 10.0.0.5, which lies in 10.0.0.0/8 (private use). An operator"
                                        + " can allow it with 10.0.0.0/8 or a part of it in ALLOWED_CIDRS, or mixed.example in ALLOWED_HOSTS."));
    }

    @Test
    void a_name_that_changes_its_address_is_judged_by_the_addresses_that_are_connected_to() throws TargetRefused {
        Deque<List<InetAddress>> answers =
                new ArrayDeque<>(List.of(List.of(address("93.184.216.34")), List.of(address("127.0.0.1"))));
        AddressGuard guard = new AddressGuard(name -> answers.removeFirst(), STRICT);
        TargetUrl url = TargetUrl.parse("https://rebind.example:8443/");

        assertThat(guard.decide(url))
                .isEqualTo(new GuardDecision.Allowed(List.of(new InetSocketAddress(address("93.184.216.34"), 8443))));
        assertThat(guard.decide(url)).isInstanceOf(GuardDecision.Blocked.class);
    }

    @Test
    void a_name_without_an_address_is_blocked() throws TargetRefused {
        AddressGuard guard = new AddressGuard(name -> List.of(), STRICT);

        assertThat(guard.decide(TargetUrl.parse("https://nowhere.example")))
                .isInstanceOfSatisfying(
                        GuardDecision.Blocked.class, b -> assertThat(b.code()).isEqualTo("unresolvable_host"));
    }

    @Test
    void an_allowed_range_opens_internal_addresses_and_no_metadata() throws TargetRefused {
        AddressPolicy everything = policy(List.of("0.0.0.0/0", "::/0"), Set.of());

        assertThat(decide(everything, "http://127.0.0.1:9999")).isInstanceOf(GuardDecision.Allowed.class);
        assertThat(decide(everything, "http://[::1]:9999")).isInstanceOf(GuardDecision.Allowed.class);
        assertThat(decide(everything, "http://[::ffff:7f00:1]")).isInstanceOf(GuardDecision.Allowed.class);
        for (String url : List.of(
                "http://169.254.169.254",
                "http://[fe80::1]",
                "http://[::ffff:169.254.169.254]",
                "http://[64:ff9b::a9fe:a9fe]",
                "http://100.100.100.200",
                "http://0.0.0.0",
                "http://224.0.0.1")) {
            assertThat(decide(everything, url))
                    .as(url)
                    .isInstanceOfSatisfying(
                            GuardDecision.Blocked.class,
                            blocked -> assertThat(blocked.sentence()).endsWith("No setting allows it."));
        }
    }

    @Test
    void an_allowed_range_opens_nothing_beside_it() throws TargetRefused {
        AddressPolicy one = policy(List.of("127.0.0.1/32"), Set.of());

        assertThat(decide(one, "http://127.0.0.1:1")).isInstanceOf(GuardDecision.Allowed.class);
        assertThat(decide(one, "http://127.0.0.2:1")).isInstanceOf(GuardDecision.Blocked.class);
        assertThat(decide(one, "http://localhost:1")).isInstanceOf(GuardDecision.Blocked.class);
    }

    @Test
    void an_allowed_name_opens_its_internal_addresses_and_no_metadata() throws TargetRefused {
        AddressPolicy named = policy(List.of(), Set.of("db.internal", "*.svc.cluster.local"));
        Map<String, InetAddress> names = Map.of(
                "db.internal", address("10.0.0.7"),
                "a.svc.cluster.local", address("10.1.0.7"),
                "svc.cluster.local", address("10.1.0.8"),
                "evil.svc.cluster.local", address("169.254.169.254"));
        AddressGuard guard = new AddressGuard(name -> List.of(names.get(name)), named);

        assertThat(guard.decide(TargetUrl.parse("http://db.internal"))).isInstanceOf(GuardDecision.Allowed.class);
        assertThat(guard.decide(TargetUrl.parse("http://A.svc.cluster.local.")))
                .isInstanceOf(GuardDecision.Allowed.class);
        assertThat(guard.decide(TargetUrl.parse("http://svc.cluster.local"))).isInstanceOf(GuardDecision.Blocked.class);
        assertThat(guard.decide(TargetUrl.parse("http://evil.svc.cluster.local")))
                .isInstanceOf(GuardDecision.Blocked.class);
    }

    @Test
    void a_port_outside_of_the_list_is_blocked() throws TargetRefused {
        AddressPolicy ports = new AddressPolicy(List.of(), Set.of(), Set.of(443), "CIDRS", "HOSTS", "ALLOWED_PORTS");

        assertThat(decide(ports, "https://93.184.216.34")).isInstanceOf(GuardDecision.Allowed.class);
        assertThat(decide(ports, "http://93.184.216.34"))
                .isEqualTo(new GuardDecision.Blocked(
                        "port_not_allowed", "Port 80 is not among the ports of ALLOWED_PORTS."));
    }

    @Test
    void a_denied_range_wins_over_every_allowance() throws TargetRefused {
        AddressPolicy policy = new AddressPolicy(
                List.of(IpPrefix.parse("10.0.0.0/8")),
                Set.of("db.internal"),
                Set.of(),
                List.of(IpPrefix.parse("10.1.0.0/16"), IpPrefix.parse("93.184.216.0/24")),
                "CIDRS",
                "HOSTS",
                "PORTS",
                "EXTRA_DENY");
        AddressGuard guard = new AddressGuard(name -> List.of(address("10.1.2.3")), policy);
        for (String url :
                List.of("http://10.1.2.3", "http://93.184.216.34", "http://[::ffff:10.1.2.3]", "http://db.internal")) {
            assertThat(guard.decide(TargetUrl.parse(url)))
                    .as(url)
                    .isInstanceOfSatisfying(
                            GuardDecision.Blocked.class,
                            blocked -> assertThat(blocked.sentence()).contains("EXTRA_DENY denies"));
        }
        assertThat(guard.decide(TargetUrl.parse("http://10.2.0.1"))).isInstanceOf(GuardDecision.Allowed.class);
    }

    @Test
    void what_is_called_later_is_judged_without_a_look_up() throws TargetRefused {
        AddressGuard guard = new AddressGuard(
                name -> {
                    throw new AssertionError("looked up " + name);
                },
                STRICT);
        assertThat(guard.blockedAsWritten(TargetUrl.parse("http://api.example.com")))
                .isEmpty();
        assertThat(guard.blockedAsWritten(TargetUrl.parse("http://10.0.0.1"))).isPresent();
        assertThat(guard.blockedAsWritten(TargetUrl.parse("http://db.internal")))
                .isPresent();
    }

    @Test
    void what_can_never_be_allowed_is_no_setting() {
        assertThatThrownBy(() -> policy(List.of("169.254.169.254/32"), Set.of()))
                .hasMessage("ALLOWED_CIDRS names 169.254.169.254/32, which lies in 169.254.0.0/16 (link-local, cloud"
                        + " metadata): that is never connected to; remove it");
        assertThatThrownBy(() -> policy(List.of(), Set.of("metadata.google.internal")))
                .hasMessageContaining("is never connected to");
        assertThatThrownBy(() -> policy(List.of(), Set.of("Db.Internal")))
                .hasMessageContaining("write it in lower case");
    }

    private static GuardDecision decide(AddressPolicy policy, String url) throws TargetRefused {
        // Names are public here: what is blocked is blocked by its own spelling.
        return new AddressGuard(name -> List.of(address("93.184.216.34")), policy).decide(TargetUrl.parse(url));
    }

    private static AddressPolicy policy(List<String> ranges, Set<String> hosts) {
        return new AddressPolicy(
                ranges.stream().map(IpPrefix::parse).toList(),
                hosts,
                Set.of(),
                "ALLOWED_CIDRS",
                "ALLOWED_HOSTS",
                "ALLOWED_PORTS");
    }

    private static InetAddress address(String text) {
        return TargetHost.Address.of(Arrays.copyOf(IpLiteral.v4(text), 4)).address();
    }

    @Test
    void a_denied_prefix_wins_over_everything_that_allows() throws TargetRefused {
        AddressPolicy policy = new AddressPolicy(
                List.of(IpPrefix.parse("10.0.0.0/8")),
                Set.of(),
                Set.of(),
                List.of(IpPrefix.parse("10.1.0.0/16"), IpPrefix.parse("8.8.8.0/24")),
                "CIDRS",
                "HOSTS",
                "PORTS",
                "DENY");
        AddressGuard guard = new AddressGuard(name -> List.of(), policy);

        assertThat(guard.decide(TargetUrl.parse("http://10.2.0.1/"))).isInstanceOf(GuardDecision.Allowed.class);
        for (String denied : List.of("http://10.1.2.3/", "http://8.8.8.8/", "http://[::ffff:8.8.8.8]/")) {
            assertThat(guard.decide(TargetUrl.parse(denied)))
                    .isInstanceOfSatisfying(GuardDecision.Blocked.class, blocked -> {
                        assertThat(blocked.code()).isEqualTo("denied_address");
                        assertThat(blocked.sentence()).contains("DENY");
                    });
        }
    }
}
