package bulwark.gateway.control.api;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.permission.Permission;
import bulwark.web.ApiRefusal;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Where APIs are served. Each gateway belongs to one of them. */
public enum DeploymentEnvironment {
    DEV,
    STAGING,
    /** Read-only for everybody but administrators of the platform. */
    PROD;

    /** Field of an API: the environments that it is deployed to. */
    public static final String FIELD = "environments";

    static final List<String> NAMES =
            Stream.of(values()).map(DeploymentEnvironment::wireName).toList();

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isReadOnly() {
        return this == PROD;
    }

    static DeploymentEnvironment named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Those that the API is deployed to; dev until it is promoted. */
    public static List<String> of(ControlObject api) {
        List<String> named = api.texts(FIELD);
        return named.isEmpty() ? List.of(DEV.wireName()) : named;
    }

    /** @throws ApiRefusal when the caller may not write there */
    void checkWritable(ControlCall call) {
        if (isReadOnly() && !call.caller().permissions().contains(Permission.ENVIRONMENTS_OVERRIDE.wireName())) {
            throw new ApiRefusal(
                    ApiRefusal.Kind.FORBIDDEN,
                    "forbidden",
                    "Environment '" + wireName() + "' is read-only. Only cpi-admin can perform writes.");
        }
    }

    /** What is served in a read-only environment is changed by those alone who may write there. */
    static void checkWritable(ControlCall call, ControlObject api) {
        if (api.isIn("published", "deprecated")) {
            of(api).forEach(name -> named(name).checkWritable(call));
        }
    }
}
