// exceptions.cc - exceptions of C++: through frames, with destructors, in threads.
#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace
{
struct tracer {
    std::string name;
    explicit tracer(std::string its_name) : name(std::move(its_name))
    {
    }
    ~tracer()
    {
        std::printf("left %s\n", name.c_str());
    }
};

int descend(int depth)
{
    tracer here("depth " + std::to_string(depth));

    if (depth == 0) {
        throw std::out_of_range("the bottom");
    }
    return descend(depth - 1) + 1;
}

void rethrow()
{
    try {
        descend(2);
    } catch (const std::exception &error) {
        std::printf("caught %s\n", error.what());
        throw std::runtime_error(std::string("above ") + error.what());
    }
}

int parse(const std::string &text)
{
    try {
        return std::stoi(text);
    } catch (const std::invalid_argument &) {
        return -1;
    }
}

int throw_often(int count)
{
    int caught = 0;

    for (int i = 0; i < count; i++) {
        try {
            if (i % 3 != 0) {
                throw i;
            }
        } catch (int number) {
            caught += number;
        }
    }
    return caught;
}
} // namespace

int main()
{
    std::map<std::string, int> numbers;
    std::vector<std::thread> threads;
    int sums[3] = {};

    try {
        rethrow();
    } catch (const std::runtime_error &error) {
        std::printf("caught %s\n", error.what());
    }
    for (const char *text : {"12", "x", "7"}) {
        numbers[text] = parse(text);
    }
    for (const auto &[text, number] : numbers) {
        std::printf("%s: %d\n", text.c_str(), number);
    }
    for (int i = 0; i < 3; i++) {
        threads.emplace_back([&sums, i] { sums[i] = throw_often(100 * (i + 1)); });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    std::printf("%d %d %d\n", sums[0], sums[1], sums[2]);
    return 0;
}
