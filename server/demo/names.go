package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"carecert/modules/kernel"
)

// Invented people: common surnames and given names, drawn with a fixed seed so
// that every demo is the same one.
var (
	surnames    = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜"}
	givenFemale = []string{"秀英", "桂英", "秀兰", "玉兰", "玉梅", "红梅", "春燕", "海燕", "丽华", "美玲", "建英", "桂芳", "淑珍", "凤英", "翠花", "雪梅", "小红", "晓燕", "文娟", "丽娟", "爱华", "玉珍", "桂兰", "金凤", "银花", "巧云", "彩霞", "冬梅", "秋菊", "春花"}
	givenMale   = []string{"建国", "志明", "国强", "建军", "志强", "明辉", "永康", "德福", "家宝", "海波", "卫东", "立新", "春林", "长根", "金宝"}
	prefixes    = []string{"310118", "310105", "320582", "341221", "342225", "411425", "362330", "320722", "341523", "422823", "330421", "371325"}
)

// person is somebody of the demo before the register knows them.
type person struct {
	Name, IDNumber, Phone, Education string
	HiredOn                          kernel.Date
	LeftOn                           kernel.Date
	Role                             string
	Note                             string
}

// idNumber makes a checksum-valid number (GB 11643) of nobody.
func idNumber(prefix string, born kernel.Date, sequence int) string {
	body := prefix + string(born[0:4]) + string(born[5:7]) + string(born[8:10]) + fmt.Sprintf("%03d", sequence)
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(body[i]-'0') * w
	}
	return body + string("10X98765432"[sum%11])
}

// draw invents one person; n makes the number unique.
func draw(r *rand.Rand, n int, hired kernel.Date) person {
	female := r.IntN(6) > 0
	given, parity := givenMale, 1
	if female {
		given, parity = givenFemale, 0
	}
	born := kernel.NewDate(1966+r.IntN(32), time.Month(1+r.IntN(12)), 1+r.IntN(28))
	return person{
		Name:      surnames[r.IntN(len(surnames))] + given[r.IntN(len(given))],
		IDNumber:  idNumber(prefixes[r.IntN(len(prefixes))], born, (n%450)*2+parity+20),
		Phone:     fmt.Sprintf("13%09d", 800_000_000+n*7919%99_999_999),
		Education: []string{"初中", "初中", "高中", "中专", "大专", "本科"}[r.IntN(6)],
		HiredOn:   hired,
	}
}
