package bulwark.gateway.export;

import org.jspecify.annotations.Nullable;

/**
 * What a configuration needs beside the routes.
 *
 * @param plainPort of plain HTTP
 * @param tlsPort of TLS, where there is a certificate
 * @param certificate path as the other proxy reads it: PEM chain, for HAProxy with the key in the same file; null for plain HTTP on loopback alone
 * @param key path of its private key, for nginx
 */
public record ExportOptions(
        int plainPort,
        int tlsPort,
        @Nullable String certificate,
        @Nullable String key) {}
