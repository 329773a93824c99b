package pinyin_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"carecert/modules/kit/pinyin"
)

func TestNamesAreSpelled(t *testing.T) {
	s := pinyin.New([]pinyin.Reading{
		{Text: "单", Pinyin: "shan", Surname: true},
		{Text: "曾", Pinyin: "zeng", Surname: true},
		{Text: "尉迟", Pinyin: "yu chi", Surname: true},
		{Text: "重固", Pinyin: "chong gu"},
		{Text: "阿卜", Pinyin: "a bu"},
		{Text: "坏", Pinyin: "two syllables"},
	})
	for _, c := range []struct {
		name, text                string
		person                    bool
		characters, full, initial string
	}{
		{"an ordinary name", "王秀兰", true, "王秀兰", "wangxiulan", "wxl"},
		{"单 as a surname is shan", "单红", true, "单红", "shanhong", "sh"},
		{"单 inside a name is dan", "李单", true, "李单", "lidan", "ld"},
		{"曾 as a surname is zeng", "曾丽", true, "曾丽", "zengli", "zl"},
		{"a surname of two characters", "尉迟恭", true, "尉迟恭", "yuchigong", "ycg"},
		{"the middle dot does not count", "迪丽努尔·阿卜杜拉", true, "迪丽努尔阿卜杜拉", "dilinuerabudula", "dlneabdl"},
		{"a place name is read as a word", "重固镇养护院", false, "重固镇养护院", "chongguzhenyanghuyuan", "cgzyhy"},
		{"a character outside the table stays", "刘の", true, "刘の", "liuの", "lの"},
		{"full-width letters fold", "Ａ３ 养老院", false, "a3养老院", "a3yanglaoyuan", "a3yly"},
		{"nothing is nothing", "", true, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := s.Name(c.text)
			if c.person {
				k = s.Person(c.text)
			}
			if k.Characters != c.characters || k.Pinyin != c.full || k.Initials != c.initial {
				t.Errorf("%+v", k)
			}
		})
	}
}

func TestPartsOfNames(t *testing.T) {
	s := pinyin.New([]pinyin.Reading{{Text: "尉迟", Pinyin: "yu chi", Surname: true}, {Text: "阿卜", Pinyin: "a bu"}})
	for name, want := range map[string]string{
		"王秀兰":            "秀 秀兰 xiulan 兰",
		"王兰":             "兰 lan",
		"王":              "",
		"":               "",
		"兰兰兰":            "",            // each is a beginning too
		"兰秀兰":            "秀 秀兰 xiulan", // 兰 is one
		"李爱娜兰":           "爱 爱娜 爱娜兰 ainalan 娜 娜兰 nalan 兰",
		"尉迟恭":            "迟 迟恭 chigong 恭",
		"迪丽努尔·阿卜杜拉":      "丽努尔阿卜杜拉 linuerabudula 努尔阿卜杜拉 nuerabudula 尔阿卜杜拉 erabudula 阿卜杜拉 abudula 卜杜拉 budula 杜拉 dula 拉",
		"Maria da Silva": "da dasilva silva",
		"王 秀·兰":          "秀 秀兰 xiulan 兰",
	} {
		if got := strings.Join(s.Person(name).Within(), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestLatin(t *testing.T) {
	for text, want := range map[string]bool{"wxl": true, "王": false, "": false, "a3养": false} {
		if got := pinyin.Latin(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestTheReadingsOfTheHouse(t *testing.T) {
	raw, err := os.ReadFile("../../../policies/rules/readings.csv")
	if err != nil {
		t.Fatal(err)
	}
	readings, err := pinyin.ParseReadings(raw)
	if err != nil || len(readings) < 40 {
		t.Fatalf("%d readings: %v", len(readings), err)
	}
	if k := pinyin.New(readings).Person("单于红"); k.Pinyin != "chanyuhong" {
		t.Errorf("%+v", k)
	}
	for _, bad := range []string{"text,pinyin,surname\n单于,chan,yes\n", "text,pinyin\n单,shan\n"} {
		if _, err := pinyin.ParseReadings([]byte(bad)); err == nil {
			t.Errorf("taken: %q", bad)
		}
	}
}

func TestSurnamesStayTogether(t *testing.T) {
	s := pinyin.New([]pinyin.Reading{{Text: "欧阳", Pinyin: "ou yang"}, {Text: "单", Pinyin: "shan", Surname: true}})
	names := []string{"陈春燕", "陈建英", "程爱华", "程志明", "李丽娟", "李雪梅", "林小红", "刘玉", "欧阳兰", "单建国", "Zoe Müller"}
	for i := range names[1:] {
		if a, b := s.Person(names[i]).Sort(), s.Person(names[i+1]).Sort(); a >= b {
			t.Errorf("%s %q does not come before %s %q", names[i], a, names[i+1], b)
		}
	}
	for typed, want := range map[string]string{"che": "陈春燕", "chen": "陈春燕", "chenchun": "陈春燕", "chenchunyan": "陈春燕", "ouyangl": "欧阳兰", "shanj": "单建国", "zoem": "Zoe Müller"} {
		key, found := s.Person(want).Sort(), 0
		for _, prefix := range pinyin.Sorted(typed) {
			if strings.HasPrefix(key, prefix) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s finds %s %q by %d of %q", typed, want, key, found, pinyin.Sorted(typed))
		}
	}
}

// What characters may be spelled as is what names of these characters are.
func TestBeginningsOfCharacters(t *testing.T) {
	s := pinyin.New([]pinyin.Reading{
		{Text: "单", Pinyin: "shan", Surname: true},
		{Text: "尉迟", Pinyin: "yu chi", Surname: true},
		{Text: "重庆", Pinyin: "chong qing"},
	})
	for typed, want := range map[string]string{
		"王":   "wang ",
		"王秀":  "wang xiu",
		"单":   "dan ,shan ",
		"李单":  "li dan",
		"尉":   "wei ,yu ",
		"尉迟":  "wei chi,yu chi",
		"李重":  "li chong,li zhong",
		"李重阳": "li zhongyang",
		"の王":  "のwang",
	} {
		if got := strings.Join(s.Beginnings(typed), ","); got != want {
			t.Errorf("%s: %q, not %q", typed, got, want)
		}
	}
	for _, name := range []string{"单红", "李单", "尉迟恭", "重庆生", "李重庆", "重阳", "A王", "迪丽努尔·阿卜杜拉"} {
		k := s.Person(name)
		runes := []rune(k.Characters)
		for n := 1; n <= len(runes); n++ {
			begins := slices.ContainsFunc(s.Beginnings(string(runes[:n])), func(b string) bool { return strings.HasPrefix(k.Sort(), b) })
			if !begins {
				t.Errorf("%s is not found by %s", name, string(runes[:n]))
			}
		}
	}
}
