package bulwark.app.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What libraries bring along and no part uses is not on the class path of the program. */
class ShippedLibrariesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.netty.handler.codec.http3.Http3",
                "io.netty.handler.codec.socksx.SocksMessage",
                "io.netty.handler.proxy.ProxyHandler",
                "io.netty.resolver.dns.DnsNameResolver",
                "io.netty.handler.codec.dns.DnsMessage",
                "io.netty.internal.tcnative.SSL",
                "com.google.gson.Gson",
                "org.json.JSONObject",
                "org.apache.commons.pool2.ObjectPool",
                "redis.clients.authentication.core.AuthXManager"
            })
    void a_transport_or_module_that_no_part_uses_is_absent(String type) {
        assertThatThrownBy(() -> find(type)).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void what_the_program_does_use_is_found_in_the_same_way() throws ClassNotFoundException {
        assertThat(find("io.netty.handler.codec.http2.Http2FrameCodec")).isNotNull();
        assertThat(find("redis.clients.jedis.Jedis")).isNotNull();
    }

    private static Class<?> find(String type) throws ClassNotFoundException {
        return Class.forName(type, false, ShippedLibrariesTest.class.getClassLoader());
    }
}
