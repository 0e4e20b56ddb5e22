package bulwark.kernel.config;

import java.util.regex.Pattern;

/** The variables that Kubernetes and old container links inject for every service, which happen to carry our prefix. */
final class ServiceLinks {
    private static final Pattern NAME = Pattern.compile(
            "[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");
    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://[^\\s]*");

    private ServiceLinks() {}

    /** Also true for a name that we know, for instance {@code STIGMEM_PORT=tcp://10.0.0.1:8765} of a service called stigmem. */
    static boolean isOne(String name, String value) {
        return NAME.matcher(name).matches()
                || (name.endsWith("_PORT") && ADDRESS.matcher(value).matches());
    }
}
