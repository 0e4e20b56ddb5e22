package bulwark.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.route.RouteGuard.BlockedUrl;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.NameResolver;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteGuardTest {
    private static List<BlockedUrl> blocked(NameResolver resolver, String url) {
        AddressPolicy policy = new AddressPolicy(List.of(), Set.of(), Set.of(), "", "", "");
        return new RouteGuard(new AddressGuard(resolver, policy))
                .blocked(RouteFixture.route("a", "/a", Map.of("backend_url", url)));
    }

    @Test
    void a_name_without_an_address_is_told_from_a_forbidden_address() throws Exception {
        InetAddress inside = InetAddress.getByName("10.0.0.1");
        assertThat(blocked(host -> List.of(), "https://api.example.com"))
                .singleElement()
                .matches(BlockedUrl::isUnresolvable);
        assertThat(blocked(host -> List.of(inside), "https://api.example.com"))
                .singleElement()
                .matches(no -> !no.isUnresolvable());
        assertThat(blocked(host -> List.of(), "https://10.0.0.1"))
                .singleElement()
                .matches(no -> !no.isUnresolvable());
    }
}
