#ifndef APE_CYAML_SHIM_H
#define APE_CYAML_SHIM_H

#include <yaml.h>

#endif
