#ifndef APE_CCURL_SHIM_H
#define APE_CCURL_SHIM_H

#include <curl/curl.h>

#endif
