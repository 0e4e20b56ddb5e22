package bulwark.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class IpFilterRuleTest {
    private static IpFilterRule rule(Map<String, List<String>> config, List<String> faults) {
        return IpFilterRule.read(JsonFields.of(StrictJson.parse(StrictJson.write(config)), "config.", faults));
    }

    private static List<String> ranges(String prefix) {
        return IntStream.range(0, 10_000)
                .mapToObj(i -> prefix + (i >> 8) + "." + (i & 0xff) + ".0/24")
                .toList();
    }

    /** A scan of all ranges for each address and each range takes minutes of this. */
    @Test
    @Timeout(60)
    void ten_thousand_ranges_cost_no_more_than_a_few() {
        List<String> faults = new ArrayList<>();
        IpFilterRule rule = rule(Map.of("allow", ranges("10."), "deny", ranges("11.")), faults);
        assertThat(faults).isEmpty();
        InetAddress allowed = InetAddress.ofLiteral("10.39.15.200");
        InetAddress denied = InetAddress.ofLiteral("11.39.15.200");
        InetAddress neither = InetAddress.ofLiteral("10.39.16.1");
        int admitted = 0;
        for (int i = 0; i < 1_000_000; i++) {
            admitted += (rule.admits(allowed) ? 1 : 0) + (rule.admits(denied) ? 1 : 0) + (rule.admits(neither) ? 1 : 0);
        }
        assertThat(admitted).isEqualTo(1_000_000);
    }

    @Test
    @Timeout(60)
    void each_range_that_stands_twice_or_can_never_match_is_named() {
        List<String> twice = new ArrayList<>(ranges("10."));
        twice.add("10.0.7.0/24");
        List<String> faults = new ArrayList<>();
        rule(Map.of("allow", twice.subList(0, 10_000), "deny", List.of("10.39.0.0/16")), faults);
        assertThat(faults).hasSize(16).allSatisfy(fault -> assertThat(fault).contains("can never match"));
        faults.clear();
        rule(Map.of("deny", twice.subList(1, 10_001)), faults);
        assertThat(faults).singleElement().asString().startsWith("config.deny[9999] stands there twice");
    }
}
