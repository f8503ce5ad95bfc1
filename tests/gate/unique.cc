// unique.cc - a template's static member, which is STB_GNU_UNIQUE unless -fno-gnu-unique is given.
template <typename T> struct counter {
	static T value;
};
template <typename T> T counter<T>::value = 1;

extern "C" __attribute__((visibility("default"))) int gate_unique_next(void)
{
	return counter<int>::value++;
}
