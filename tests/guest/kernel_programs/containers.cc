// containers.cc - what the C++ library does with much memory: trees, tables, strings, streams,
// sorting.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <deque>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <numeric>
#include <queue>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace
{
constexpr int COUNT = 1200;

// The standard says what each draw gives, so it is the same everywhere.
std::vector<uint32_t> draw(unsigned seed)
{
    std::mt19937 engine(seed);
    std::vector<uint32_t> numbers(COUNT);

    std::generate(numbers.begin(), numbers.end(), [&engine] { return engine() % 100000; });
    return numbers;
}

void sort_numbers()
{
    auto numbers = draw(1);
    auto stable = numbers;
    std::list<uint32_t> list(numbers.begin(), numbers.end());
    std::priority_queue<uint32_t> heap(numbers.begin(), numbers.end());

    std::sort(numbers.begin(), numbers.end());
    std::stable_sort(stable.begin(), stable.end(),
                     [](uint32_t a, uint32_t b) { return a % 100 < b % 100; });
    list.sort(std::greater<>());
    std::cout << std::is_sorted(numbers.begin(), numbers.end()) << ' ' << stable[COUNT / 2] << ' '
              << list.front() << ' ' << std::equal(numbers.rbegin(), numbers.rend(), list.begin())
              << '\n';
    for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
        if (heap.top() != *number) {
            std::cout << "the heap is wrong\n";
        }
        heap.pop();
    }
    std::cout << std::accumulate(numbers.begin(), numbers.end(), UINT64_C(0)) << '\n';
}

void fill_trees_and_tables()
{
    std::map<std::string, std::vector<uint32_t>> tree;
    std::unordered_map<std::string, uint64_t> table;
    std::multiset<uint32_t> all;

    for (uint32_t number : draw(2)) {
        std::string key = "key " + std::to_string(number % 977);
        tree[key].push_back(number);
        table[key] += number;
        all.insert(number);
    }
    for (const auto &[key, numbers] : tree) {
        if (std::accumulate(numbers.begin(), numbers.end(), UINT64_C(0)) != table.at(key)) {
            std::cout << key << " differs\n";
        }
    }
    std::cout << tree.size() << ' ' << tree.begin()->first << ' ' << tree.rbegin()->first << ' '
              << *std::next(all.begin(), COUNT / 2) << '\n';
    for (auto entry = tree.begin(); entry != tree.end();) {
        entry = entry->second.size() % 2 == 0 ? tree.erase(entry) : std::next(entry);
    }
    std::cout << tree.size() << ' '
              << std::distance(tree.lower_bound("key 5"), tree.upper_bound("key 6")) << '\n';
}

void work_with_text()
{
    std::string text;
    std::ostringstream stream;

    for (int i = 0; i < 500; i++) {
        text += "word" + std::to_string(i) + (i % 10 == 9 ? ";\n" : ", ");
    }
    for (std::size_t at = 0; (at = text.find("word1", at)) != std::string::npos; at += 3) {
        text.replace(at, 5, "one");
    }
    std::reverse(text.begin(), text.end());
    std::cout << text.size() << ' ' << text.substr(0, 40) << ' ' << text.rfind("eno") << '\n';
    stream << std::hex << std::showbase << 48879 << ' ' << std::dec << std::setw(8)
           << std::setfill('*') << 42 << ' ' << std::fixed << std::setprecision(3) << std::sqrt(2.0)
           << ' ' << std::scientific << 12345.678 << ' ' << std::boolalpha << true;
    std::cout << stream.str() << '\n';
    std::istringstream words("12 0x1f 3.5 rest of it");
    int decimal = 0;
    int hexadecimal = 0;
    double real = 0;
    std::string rest;
    words >> decimal >> std::hex >> hexadecimal >> real;
    std::getline(words, rest);
    std::cout << decimal << ' ' << hexadecimal << ' ' << real << rest << ' ' << words.eof() << '\n';
    std::regex pattern("([a-z]+)-([0-9]+)");
    std::cout << std::regex_replace(std::string("ab-12 cd-34 ef 56"), pattern, "$2$1") << '\n';
}

void use_files()
{
    const char *name = "containers.text";
    {
        std::ofstream file(name);
        for (int i = 0; i < 1000; i++) {
            file << i << ' ' << i * i << '\n';
        }
    }
    std::ifstream file(name);
    uint64_t sum = 0;
    for (uint64_t number = 0, square = 0; file >> number >> square;) {
        sum += square;
    }
    file.clear();
    file.seekg(-7, std::ios::end);
    std::string last;
    file >> last;
    std::cout << sum << ' ' << last << ' ' << std::ifstream("missing").is_open() << '\n';
    std::remove(name);
}

struct node {
    std::shared_ptr<node> next;
    std::weak_ptr<node> owner;
};

void share_ownership()
{
    auto first = std::make_shared<node>();
    auto last = first;

    for (int i = 0; i < 1000; i++) {
        last->next = std::make_shared<node>();
        last->next->owner = last;
        last = last->next;
    }
    std::weak_ptr<node> middle = last->owner;
    std::cout << first.use_count() << ' ' << middle.expired() << ' ';
    while (first) {
        first = std::move(first->next);
    }
    std::cout << middle.expired() << ' ' << last.use_count() << '\n';
}

// Parts that threads sort, then merged.
void sort_in_parts()
{
    auto numbers = draw(3);
    std::vector<std::thread> threads;
    const auto part = numbers.size() / 4;

    for (int i = 0; i < 4; i++) {
        auto from = numbers.begin() + static_cast<std::ptrdiff_t>(i * part);
        threads.emplace_back(
            [from, part] { std::sort(from, from + static_cast<std::ptrdiff_t>(part)); });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    std::deque<uint32_t> merged;
    for (int i = 0; i < 4; i++) {
        std::deque<uint32_t> both;
        auto from = numbers.begin() + static_cast<std::ptrdiff_t>(i * part);
        std::merge(merged.begin(), merged.end(), from, from + static_cast<std::ptrdiff_t>(part),
                   std::back_inserter(both));
        merged.swap(both);
    }
    std::cout << std::is_sorted(merged.begin(), merged.end()) << ' ' << merged[COUNT / 3] << '\n';
}

void wait_a_while()
{
    auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::cout << (std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(20))
              << '\n';
}
} // namespace

int main()
{
    sort_numbers();
    fill_trees_and_tables();
    work_with_text();
    use_files();
    share_ownership();
    sort_in_parts();
    wait_a_while();
    std::cin.tie(nullptr);
    std::cout << std::locale::classic().name() << ' ' << std::cin.get() << std::endl;
    return 0;
}
