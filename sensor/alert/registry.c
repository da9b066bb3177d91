#include "alert/output.h"

#define OUTPUT(name) extern const struct output output_##name;
#include "list.h"
#undef OUTPUT

const struct output *const outputs[] = {
#define OUTPUT(name) &output_##name,
#include "list.h"
#undef OUTPUT
	NULL
};
