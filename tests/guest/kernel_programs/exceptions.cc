// exceptions.cc - exceptions of C++: through frames, with destructors, from thread to thread.
#include <condition_variable>
#include <cstdio>
#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <typeinfo>
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
        std::cout << "left " << name
                  << (std::uncaught_exceptions() > 0 ? ", thrown through\n" : "\n");
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
        std::cout << "caught " << error.what() << '\n';
        throw std::runtime_error(std::string("above ") + error.what());
    }
}

void pass_on()
{
    try {
        descend(1);
    } catch (const std::logic_error &) {
        tracer handler("a handler that throws again");
        throw;
    }
}

// Which handler is chosen, by the class of what is thrown.
struct shape {
    virtual ~shape() = default;
};
struct named {
    virtual ~named() = default;
    std::string name = "a name";
};
struct circle : shape {
};
struct badge : circle, virtual named {
};

std::string handler_of(int kind)
{
    try {
        switch (kind) {
        case 0: throw circle();
        case 1: throw badge();
        case 2: throw std::string("text");
        case 3: throw kind;
        case 4: throw std::unique_ptr<int>(new int(4));
        default: throw &kind;
        }
    } catch (const named &thrown) {
        return thrown.name;
    } catch (const shape &thrown) {
        return typeid(thrown) == typeid(circle) ? "a circle" : "another shape";
    } catch (const std::string &text) {
        return text;
    } catch (std::unique_ptr<int> &pointer) {
        return "a pointer that owns " + std::to_string(*pointer);
    } catch (int number) {
        return std::to_string(number);
    } catch (...) {
        return "anything else";
    }
}

void cast()
{
    badge a_badge;
    circle a_circle;
    shape *shapes[] = {&a_badge, &a_circle};

    for (shape *each : shapes) {
        auto *other = dynamic_cast<named *>(each);
        std::cout << (other != nullptr ? other->name : "no name") << '\n';
        try {
            std::cout << dynamic_cast<badge &>(*each).name << '\n';
        } catch (const std::bad_cast &) {
            std::cout << "no badge\n";
        }
    }
}

struct half_made {
    tracer first{"first member"};
    tracer second{"second member"};
    half_made()
    {
        throw std::runtime_error("a constructor");
    }
};

void nest(int depth)
{
    try {
        if (depth == 0) {
            throw std::invalid_argument("innermost");
        }
        nest(depth - 1);
    } catch (...) {
        std::throw_with_nested(std::runtime_error("level " + std::to_string(depth)));
    }
}

void tell(const std::exception &error, int depth = 0)
{
    std::cout << std::string(depth, ' ') << error.what() << '\n';
    try {
        std::rethrow_if_nested(error);
    } catch (const std::exception &inner) {
        tell(inner, depth + 1);
    }
}

// One thread throws, another catches the very same object.
void hand_over()
{
    std::vector<std::exception_ptr> thrown(4);
    std::vector<std::thread> threads;

    for (int i = 0; i < 4; i++) {
        threads.emplace_back([&thrown, i] {
            try {
                throw std::runtime_error("thread " + std::to_string(i));
            } catch (...) {
                thrown[i] = std::current_exception();
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    for (auto &each : thrown) {
        try {
            std::rethrow_exception(each);
        } catch (const std::runtime_error &error) {
            std::cout << "from " << error.what() << '\n';
        }
    }
    std::promise<int> promise;
    auto future = promise.get_future();
    std::thread breaker([&promise] {
        promise.set_exception(std::make_exception_ptr(std::range_error("promised")));
    });
    try {
        future.get();
    } catch (const std::range_error &error) {
        std::cout << error.what() << '\n';
    }
    breaker.join();
    auto task = std::async(std::launch::async, [] { return descend(1); });
    try {
        task.get();
    } catch (const std::out_of_range &error) {
        std::cout << "a task reached " << error.what() << '\n';
    }
}

// Thread-local objects are made where first used, and left at the end of their thread, last made
// first.
void keep_own()
{
    for (int i = 0; i < 2; i++) {
        std::thread([i] {
            thread_local tracer first("the first of thread " + std::to_string(i));
            thread_local tracer second("the second of thread " + std::to_string(i));
            first.name += ", changed";
            second.name += "";
        }).join();
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

// Threads that throw at the same time, and wait for each other by a lock that each throw lets go
// of.
void throw_together()
{
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::condition_variable changed;
    int sums[3] = {};
    int turn = 0;

    for (int i = 0; i < 3; i++) {
        threads.emplace_back([&, i] {
            sums[i] = throw_often(30 * (i + 1));
            try {
                std::unique_lock<std::mutex> lock(mutex);
                changed.wait(lock, [&] { return turn == i; });
                std::cout << "turn of " << i << '\n';
                turn++;
                changed.notify_all();
                throw std::runtime_error("with the lock");
            } catch (const std::runtime_error &) {
                std::lock_guard<std::mutex> lock(mutex);
                sums[i]++;
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    std::cout << sums[0] << ' ' << sums[1] << ' ' << sums[2] << '\n';
}

void ask_for_too_much()
{
    volatile std::size_t size = std::size_t{1} << 62;

    try {
        delete[] new char[size];
    } catch (const std::bad_alloc &) {
        std::cout << "too much memory\n";
    }
    try {
        std::cout << std::vector<int>(3).at(size) << '\n';
    } catch (const std::out_of_range &) {
        std::cout << "no such place\n";
    }
}
} // namespace

int main()
{
    try {
        rethrow();
    } catch (const std::runtime_error &error) {
        std::cout << "caught " << error.what() << '\n';
    }
    try {
        pass_on();
    } catch (const std::out_of_range &error) {
        std::cout << "caught again: " << error.what() << '\n';
    }
    for (int kind = 0; kind < 6; kind++) {
        std::cout << handler_of(kind) << '\n';
    }
    cast();
    try {
        half_made never;
    } catch (const std::runtime_error &error) {
        std::cout << "not made: " << error.what() << '\n';
    }
    try {
        nest(3);
    } catch (const std::exception &error) {
        tell(error);
    }
    hand_over();
    keep_own();
    throw_together();
    ask_for_too_much();
    std::set_terminate([] {
        std::cout << "nobody catches this" << std::endl;
        std::_Exit(7);
    });
    throw std::runtime_error("for nobody");
}
