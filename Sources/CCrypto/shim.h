/// SHA-256 of libcrypto (OpenSSL).
#include <openssl/evp.h>
