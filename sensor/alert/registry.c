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

const char *const output_names[] = {
#define OUTPUT(name) #name,
#include "list.h"
#undef OUTPUT
	NULL
};
