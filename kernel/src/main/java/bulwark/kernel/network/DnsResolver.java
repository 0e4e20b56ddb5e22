package bulwark.kernel.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers of the operator's choice and nothing else: no hosts file, no search domain. Each server has one second, then two. Thread-safe.
 */
public final class DnsResolver implements NameResolver {
    private static final String TIMEOUT_MILLIS = "1000";
    private static final String RETRIES = "2";
    private static final List<String> ADDRESSES = List.of("A", "AAAA");

    private final Hashtable<String, Object> environment = new Hashtable<>();

    private DnsResolver(String urls) {
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, urls);
        environment.put("com.sun.jndi.dns.timeout.initial", TIMEOUT_MILLIS);
        environment.put("com.sun.jndi.dns.timeout.retries", RETRIES);
    }

    /**
     * @param servers {@code host:port} each, the host an address, IPv6 in brackets; asked in order
     * @throws IllegalArgumentException with a sentence
     */
    public static DnsResolver of(List<String> servers) {
        return new DnsResolver(servers.stream().map(DnsResolver::url).collect(Collectors.joining(" ")));
    }

    private static String url(String server) {
        try {
            TargetUrl url = TargetUrl.parse("http://" + server);
            boolean whole =
                    url.host() instanceof TargetHost.Address && url.path().equals("/") && server.matches(".*:[0-9]+");
            if (whole) {
                return "dns://" + url.host().text() + ":" + url.port();
            }
        } catch (TargetRefused e) {
            throw new IllegalArgumentException(sentence(server), e);
        }
        throw new IllegalArgumentException(sentence(server));
    }

    private static String sentence(String server) {
        return TargetUrl.quoted(server) + " is no name server; write its address and port, such as 10.0.0.2:53";
    }

    @Override
    public List<InetAddress> resolve(String name) {
        InitialDirContext context = null;
        try {
            context = new InitialDirContext(environment);
            List<InetAddress> addresses = new ArrayList<>();
            for (String type : ADDRESSES) {
                addresses.addAll(records(context, name, type));
            }
            return addresses;
        } catch (NamingException e) {
            // Also when one of the two types was answered: whoever judges a part judges too little.
            return List.of();
        } finally {
            close(context);
        }
    }

    private static List<InetAddress> records(InitialDirContext context, String name, String type)
            throws NamingException {
        List<InetAddress> addresses = new ArrayList<>();
        // One type a question: for two, the library asks for ANY, which servers need not answer (RFC 8482). The dot
        // keeps one label from being completed.
        for (Object value : values(context, name + ".", type)) {
            byte[] bytes = IpLiteral.parse(String.valueOf(value));
            if (bytes == null) {
                throw new NamingException("a record of type " + type + " holds no address");
            }
            addresses.add(TargetHost.Address.of(bytes).address());
        }
        return addresses;
    }

    /** The DNS provider makes texts of records and never objects, so that nothing of an answer is deserialised. */
    @SuppressWarnings("BanJNDI")
    private static List<?> values(InitialDirContext context, String name, String type) throws NamingException {
        try {
            Attribute records = context.getAttributes(name, new String[] {type}).get(type);
            return records == null ? List.of() : Collections.list(records.getAll());
        } catch (NameNotFoundException e) {
            return List.of();
        }
    }

    private static void close(@Nullable InitialDirContext context) {
        Optional.ofNullable(context).ifPresent(open -> {
            try {
                open.close();
            } catch (NamingException e) {
                // Nothing was kept that could be lost.
            }
        });
    }
}
